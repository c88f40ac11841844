using System.Buffers;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Matrixd.Calls;
using Matrixd.Memory;
using Matrixd.Models;
using Matrixd.Transport;
using Microsoft.Extensions.Logging;

namespace Matrixd.Gemini;

/// <summary>The model's end of a call: one logical leg over the connections it takes.</summary>
/// <remarks>
/// Dialling and the adoption of the Session row run side by side; the setup leaves when both are done. Once a first connection was ready, its end is
/// not the leg's: <see cref="LegLoop"/> brings it back. Methods are called under the call's gate and never block; the leg's own gate, taken inside
/// the call's and never around it, guards the meeting of dial, setup, readiness and close, which come from different threads.
/// </remarks>
internal sealed class GeminiLeg : IModelLeg, IHot
{
    // About 1.5 s of caller audio behind the socket: the network is not taking it, and what waits here cannot be dropped any more.
    private const int CongestedBytes = 64 * 1024;

    // 40 ms of caller audio and its JSON; longer messages take memory from the pool.
    private const int AudioOnStack = 2048;

    private readonly Lock _gate = new();
    private readonly IModelSink _sink;
    private readonly GeminiEndpoint _endpoint;
    private readonly HeldWords _held = new();
    private readonly LegLoop _loop;
    private GeminiConnection? _latest; // opening, ready, or given up and closing
    private volatile GeminiConnection? _up; // ready, and not given up
    private ModelSetup? _setup;
    private volatile bool _isClosed;

    public GeminiLeg(CallSid callSid, IModelSink sink, GeminiEndpoint endpoint, ILogger<GeminiLeg> logger)
    {
        _sink = sink;
        _endpoint = endpoint;
        _loop = new LegLoop(callSid, this, sink, endpoint, logger);
    }

    public Task Closed => _loop.Closed;

    public bool TakesAudio => _up is { TakesAudio: true } up && !_isClosed && up.Link!.QueuedBytes < CongestedBytes;

    internal bool IsClosed => _isClosed;

    public void Connect() => _loop.Start();

    public void Begin(ModelSetup setup)
    {
        lock (_gate)
        {
            _setup = setup;
            SendSetup();
        }
    }

    [SkipLocalsInit]
    public void SendAudio(ReadOnlySpan<byte> pcm)
    {
        if (_up is not { } up)
        {
            return; // lost since it was asked whether it takes any: in flight, as what the socket had
        }

        int most = GeminiAudioWriter.Length(pcm.Length);
        byte[]? rented = most > AudioOnStack ? ArrayPool<byte>.Shared.Rent(most) : null;
        Span<byte> message = rented is null ? stackalloc byte[AudioOnStack] : rented;
        up.Link!.Send(WebSocketOpcode.Text, message[..GeminiAudioWriter.Write(pcm, message)]);
        if (rented is not null)
        {
            ArrayPool<byte>.Shared.Return(rented);
        }

        up.AudioMessages++;
    }

    public void SendAudioStreamEnd() => _up?.Link!.Send(WebSocketOpcode.Text, ClientMessages.AudioStreamEnd);

    public void SendOpeningText(string text) => Send(output => ClientMessages.WriteOpeningText(output, text));

    public void SendHistory(IReadOnlyList<PastTurn> turns, string request) => Send(output => ClientMessages.WriteHistory(output, turns, request));

    public void SendText(string text)
    {
        lock (_gate)
        {
            if (_up is not { IsBlocked: false } up)
            {
                _held.Hold(text);
                return;
            }

            Send(output => ClientMessages.WriteText(output, up.Quirks!, text));
        }
    }

    public void SendToolResponse(string id, string name, string response)
    {
        if (_up is not { } up || !up.KnowsToolCall(id))
        {
            SendText(HeldWords.OfTool(name, response));
            return;
        }

        try
        {
            Send(output => ClientMessages.WriteToolResponse(output, up.Quirks!, id, name, response));
        }
        catch (JsonException)
        {
            // The model waits for an answer all the same.
            Send(output => ClientMessages.WriteToolResponse(output, up.Quirks!, id, name, """{"error":"the tool's answer was not JSON"}"""));
        }

        up.OnToolAnswered(id);
    }

    public void Flush()
    {
        if (!_held.IsEmpty)
        {
            SendHeld(); // its tool call may have been answered, or taken back
        }

        _up?.Link!.Flush();
    }

    public void Reconnect(ReconnectKind kind, string why)
    {
        lock (_gate)
        {
            if (_isClosed)
            {
                return;
            }

            if (_up is not { IsReady: true } up)
            {
                _loop.Prefer(kind);
                return;
            }

            _up = null;
            _loop.GiveUp(up, kind);
        }

        _sink.OnModelAway(new ModelAbsence(kind == ReconnectKind.Rotate ? AbsenceCause.Rotation : AbsenceCause.Asked, why));
    }

    public void Close()
    {
        lock (_gate)
        {
            if (_isClosed)
            {
                return;
            }

            _isClosed = true;
            _up = null;
            _latest?.Link!.Close(1000, "");
        }

        _loop.Stop(); // a dial or a wait under way ends here; an open socket has its own, bounded close
    }

    /// <summary>A socket is open: its setup leaves as soon as there is one.</summary>
    internal void Take(GeminiConnection connection)
    {
        lock (_gate)
        {
            if (_isClosed)
            {
                connection.Link!.Abort();
            }

            _latest = connection;
            SendSetup();
        }
    }

    /// <summary>The connection's setup is complete; on its receive loop, before it takes audio.</summary>
    internal void OnReady(GeminiConnection connection)
    {
        bool isFirst;
        lock (_gate)
        {
            if (_isClosed)
            {
                return;
            }

            _up = connection;
            isFirst = _loop.OnReady();
        }

        if (isFirst)
        {
            _sink.OnModelReady(SetupWriter.ModelName(_setup!, _endpoint.Options));
        }
        else
        {
            _sink.OnModelBack(_loop.Return());
        }

        SendHeld();
    }

    /// <summary>The connection is over.</summary>
    /// <returns>True where it was up until now.</returns>
    internal bool Leave(GeminiConnection connection)
    {
        lock (_gate)
        {
            bool wasUp = _up == connection;
            _up = wasUp ? null : _up;
            _latest = null;
            return wasUp;
        }
    }

    // Under the leg's gate: the setup leaves as soon as there are both a socket and a setup.
    private void SendSetup()
    {
        if (_setup is not { } setup || _latest is not { Quirks: null } opening || _isClosed)
        {
            return;
        }

        ModelQuirks quirks = ModelQuirks.For(SetupWriter.ModelName(setup, _endpoint.Options));
        opening.Quirks = quirks;
        ArrayBufferWriter<byte> message = new();
        SetupWriter.Write(message, setup, _endpoint.Options, quirks, opening.Resumes);
        opening.Link!.Send(WebSocketOpcode.Text, message.WrittenSpan);
        opening.Link.Flush();
    }

    private void SendHeld()
    {
        lock (_gate)
        {
            while (_up is { IsBlocked: false } up && _held.TryTake(out string text))
            {
                Send(output => ClientMessages.WriteText(output, up.Quirks!, text));
            }

            _up?.Link!.Flush();
        }
    }

    // Rare messages: what they allocate does not count.
    private void Send(Action<IBufferWriter<byte>> write)
    {
        ArrayBufferWriter<byte> message = new();
        write(message);
        _up?.Link!.Send(WebSocketOpcode.Text, message.WrittenSpan);
    }

    public void AddTo(HotSet set)
    {
        set.Add(_held);
        set.Add(_up);
        _up?.Link?.AddSendingTo(set);
    }
}
