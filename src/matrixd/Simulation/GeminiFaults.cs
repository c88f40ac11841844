using Matrixd.Timing;
using Matrixd.Transport;

namespace Matrixd.Simulation;

/// <summary>The troubles of one connection: injected faults, an unknown model, the end of its life and of its token.</summary>
/// <remarks>Owned by one connection; every method is called under that connection's lock.</remarks>
internal sealed class GeminiFaults(GeminiConnection connection, GeminiMouth mouth, GeminiShared shared)
{
    private readonly List<WheelTimer> _timers = [];
    private readonly HashSet<FaultSpec> _struckHere = [];
    private HashSet<FaultSpec>? _struckSession;
    private bool _stopped;

    private HashSet<FaultSpec> Struck => _struckSession ?? _struckHere;

    /// <summary>The connection has come to a stage: what is planned for it happens, at once or later.</summary>
    public void Reach(FaultStage stage)
    {
        foreach (FaultSpec fault in shared.Faults.Take(stage, http: false, Struck))
        {
            if (fault.Delay == TimeSpan.Zero)
            {
                Strike(fault);
            }
            else
            {
                After(fault.Delay, () => Strike(fault));
            }
        }
    }

    /// <summary>As <see cref="Reach"/> for the setup, where the answer may be late.</summary>
    /// <param name="struck">The session's.</param>
    /// <returns>How late; zero: now.</returns>
    public TimeSpan ReachSetup(HashSet<FaultSpec> struck)
    {
        _struckSession = struck;
        TimeSpan late = TimeSpan.Zero;
        foreach (FaultSpec fault in shared.Faults.Take(FaultStage.Setup, http: false, struck))
        {
            if (fault.Kind == FaultKind.Late)
            {
                late = fault.Delay;
            }
            else if (fault.Delay == TimeSpan.Zero)
            {
                Strike(fault);
            }
            else
            {
                After(fault.Delay, () => Strike(fault));
            }
        }

        if (late > TimeSpan.Zero)
        {
            After(late, connection.SendSetupComplete);
        }

        return late;
    }

    /// <summary>setupComplete has gone out: the clocks of the connection and of its token run.</summary>
    public void Ready(GeminiToken? token)
    {
        TimeSpan life = shared.Options.ConnectionLife;
        TimeSpan notice = shared.Options.GoAwayNotice;
        if (life > notice)
        {
            After(life - notice, () => connection.SendGoAway(notice));
        }

        After(life, () => connection.Refuse(GeminiRefusal.DeadlineExpired));
        if (token is not null)
        {
            TimeSpan left = token.ExpireTime - shared.Time.Wheel.Clock.GetUtcNow();
            if (left < life)
            {
                After(left, () => connection.Refuse(GeminiRefusal.CatchAll)); // Assumed: which text; the close itself is documented
            }
        }

        Reach(FaultStage.Ready);
    }

    public void RefuseUnknownModel(string model)
    {
        switch (shared.Options.UnknownModel)
        {
            case UnknownModelAnswer.CatchAll:
                connection.Refuse(GeminiRefusal.CatchAll);
                break;
            case UnknownModelAnswer.NotFound:
                connection.Refuse(GeminiRefusal.ModelNotFound(model));
                break;
            default:
                connection.Stall();
                After(shared.Options.UnknownModelSilence, connection.BareClose);
                break;
        }
    }

    public void Stop()
    {
        _stopped = true;
        foreach (WheelTimer timer in _timers)
        {
            shared.Time.Wheel.Cancel(timer);
        }
    }

    private void After(TimeSpan delay, Action action)
    {
        WheelTimer timer = new(() => connection.Locked(() =>
        {
            if (!_stopped)
            {
                action();
            }
        }));
        _timers.Add(timer);
        shared.Time.Wheel.Set(timer, delay);
    }

    private void Strike(FaultSpec fault)
    {
        shared.Options.Report?.Invoke($"connection {connection.Index} fault {fault.Kind} at {fault.Stage}");
        switch (fault.Kind)
        {
            case FaultKind.GoAway:
                connection.SendGoAway(fault.Notice);
                After(fault.Notice, () => connection.Refuse(GeminiRefusal.DeadlineExpired));
                break;
            case FaultKind.Close:
                connection.Close((ushort)fault.Code, fault.Text);
                break;
            case FaultKind.Stall:
                connection.Stall();
                break;
            case FaultKind.Drop:
                connection.Drop();
                break;
            case FaultKind.Slow:
                mouth.Slow = true;
                break;
            case FaultKind.Silence:
                mouth.Mute = true;
                break;
            case FaultKind.Faint:
                mouth.Faint = true;
                break;
            case FaultKind.Halt:
                mouth.Halt();
                break;
            case FaultKind.Empty or FaultKind.Reject or FaultKind.Ignore:
                mouth.Next = fault.Kind;
                break;
            case FaultKind.Garbage:
                SendGarbage();
                break;
            default:
                throw new InvalidOperationException($"{fault.Kind} is not for a connection");
        }
    }

    private void SendGarbage()
    {
        connection.SendRaw("{\"serverContent\":{\"modelTurn\":{\"parts\":[{\"inlineData\":{\"mimeType\":\"audio/pcm;ra"); // cut off
        connection.SendRaw(WebSocketOpcode.Binary, [0xFF, 0x00, 0xC3, 0x28, 0x7B]); // neither JSON nor UTF-8
        connection.SendRaw("{\"serverContent\":{\"modelTurn\":{\"parts\":[{\"inlineData\":{\"mimeType\":\"audio/pcm;rate=24000\",\"data\":\"AAAA\"}}]}}}"); // three bytes: half a sample over
        connection.SendRaw("{\"serverContent\":{\"modelTurn\":{\"parts\":[{\"inlineData\":{\"mimeType\":\"audio/pcm;rate=24000\",\"data\":\"A*B\"}}]}}}"); // not base64
        connection.SendRaw("{\"somethingNew\":{\"a\":[1,2,3]}}");
    }
}
