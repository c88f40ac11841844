using System.Buffers;
using Matrixd.Calls;

namespace Matrixd.Tests.Support;

/// <summary>A model's end that tells what it was sent, in order: <c>connect</c>, <c>setup</c>, <c>text …</c>, <c>audio 640</c>, <c>tool 1 …</c>, <c>stream end</c>,
/// <c>say …</c>, <c>history …</c>, <c>reconnect Rotate</c>, <c>close</c>.</summary>
internal sealed class FakeModelLeg(IModelSink sink) : IModelLeg
{
    private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ArrayBufferWriter<byte> _pcm = new();
    private bool _isClosed;

    public List<string> Told { get; } = [];

    public IModelSink Sink => sink;

    public ModelSetup? Setup { get; private set; }

    public bool IsReady { get; private set; }

    /// <summary>False: congested, or rotating.</summary>
    public bool IsTaking { get; set; } = true;

    /// <summary>True: its socket never goes away.</summary>
    public bool IsDeaf { get; set; }

    public byte[] Pcm => _pcm.WrittenSpan.ToArray();

    public List<int> Messages { get; } = [];

    /// <summary>Between two connections.</summary>
    public bool IsAway { get; private set; }

    public bool TakesAudio => IsReady && !IsAway && Setup is not null && IsTaking && !_isClosed;

    public Task Closed => _closed.Task;

    /// <summary>How often it was asked to close.</summary>
    public int Closes { get; private set; }

    public void Connect() => Told.Add("connect");

    public void Begin(ModelSetup setup)
    {
        Setup = setup;
        Told.Add("setup");
    }

    public void SendAudio(ReadOnlySpan<byte> pcm)
    {
        if (!TakesAudio)
        {
            throw new InvalidOperationException("audio was sent while the model takes none");
        }

        _pcm.Write(pcm);
        Messages.Add(pcm.Length);
        Told.Add($"audio {pcm.Length}");
    }

    public void SendAudioStreamEnd() => Told.Add("stream end");

    public void SendOpeningText(string text) => Told.Add($"text {text}");

    public void SendText(string text) => Told.Add($"say {text}");

    public void SendHistory(IReadOnlyList<PastTurn> turns, string request) =>
        Told.Add($"history {string.Join(" / ", turns.Select(turn => $"{turn.Speaker}: {turn.Text}"))} / {request}");

    public void SendToolResponse(string id, string name, string response) => Told.Add($"tool {id} {name} {response}");

    public void Flush()
    {
    }

    public void Reconnect(ReconnectKind kind, string why)
    {
        if (!IsReady || IsAway || _isClosed)
        {
            return;
        }

        Told.Add($"reconnect {kind}");
        Leaves(kind == ReconnectKind.Rotate ? AbsenceCause.Rotation : AbsenceCause.Asked, why);
    }

    public void Close()
    {
        Closes++;
        if (_isClosed)
        {
            return;
        }

        _isClosed = true;
        Told.Add("close");
        if (!IsDeaf)
        {
            _closed.TrySetResult();
        }
    }

    /// <summary>The setup is complete.</summary>
    public void Ready(string model = "test-model")
    {
        IsReady = true;
        sink.OnModelReady(model);
        sink.OnModelBatchEnd();
    }

    /// <summary>The model announces the end of the connection.</summary>
    public void GoesAway(double seconds)
    {
        sink.OnModelGoAway(TimeSpan.FromSeconds(seconds));
        sink.OnModelBatchEnd();
    }

    /// <summary>A handle; empty: none now.</summary>
    public void Handle(string handle)
    {
        sink.OnModelHandle(handle);
        sink.OnModelBatchEnd();
    }

    public void Transcribes(string text) => sink.OnModelTranscript(text);

    public void Understands(string text) => sink.OnCallerTranscript(text);

    /// <summary>Its connection is gone.</summary>
    public void Leaves(AbsenceCause cause = AbsenceCause.Loss, string detail = "close 1006")
    {
        IsAway = true;
        sink.OnModelAway(new ModelAbsence(cause, detail));
    }

    /// <summary>It has another.</summary>
    public void Returns(bool isFresh = false, int attempts = 1)
    {
        if (isFresh)
        {
            sink.OnFreshSessionAsync().GetAwaiter().GetResult();
        }

        sink.OnModelBack(new ModelReturn(isFresh, attempts));
        IsAway = false;
        sink.OnModelBatchEnd();
    }

    /// <summary>One message of audio.</summary>
    public void Says(ReadOnlySpan<short> pcm, int rate = 24_000)
    {
        sink.OnModelAudio(Samples16.BytesOf(pcm), rate);
        sink.OnModelBatchEnd();
    }

    public void EndsTurn()
    {
        sink.OnModelGenerationComplete();
        sink.OnModelTurnComplete();
        sink.OnModelBatchEnd();
    }

    public void Interrupts()
    {
        sink.OnModelInterrupted();
        sink.OnModelBatchEnd();
    }

    /// <summary>The socket is gone for good, and with it the leg.</summary>
    public void IsLost(CallEndReason reason = CallEndReason.ModelLost, string detail = "close 1011 gone")
    {
        if (!_isClosed)
        {
            sink.OnModelClosed(new ModelEnding(reason, detail));
        }

        _closed.TrySetResult();
    }
}

/// <summary>Hands out <see cref="FakeModelLeg"/>s.</summary>
internal sealed class FakeConnector : IModelConnector
{
    public List<FakeModelLeg> Legs { get; } = [];

    public Action<FakeModelLeg>? OnOpen { get; set; }

    public IModelLeg Open(CallSid callSid, IModelSink sink)
    {
        FakeModelLeg leg = new(sink);
        lock (Legs)
        {
            Legs.Add(leg);
        }

        OnOpen?.Invoke(leg);
        return leg;
    }
}
