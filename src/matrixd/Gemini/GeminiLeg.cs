using System.Buffers;
using System.Text.Json;
using Matrixd.Calls;
using Matrixd.Models;
using Matrixd.Timing;
using Matrixd.Transport;
using Microsoft.Extensions.Logging;

namespace Matrixd.Gemini;

/// <summary>The model's end of a call: one logical leg over the sockets it takes.</summary>
/// <remarks>
/// Dialling and the adoption of the Session row run side by side; the setup leaves when both are done. A token that is used up or refused is replaced
/// and the dial repeated, once. Methods are called under the call's gate and never block; the leg's own gate guards the meeting of dial, setup and
/// close, which come from different threads, and is not taken for audio.
/// </remarks>
#pragma warning disable CA1001 // a cancellation source without timer or wait handle holds nothing to dispose of
internal sealed partial class GeminiLeg : IModelLeg
#pragma warning restore CA1001
{
    // About 1.5 s of caller audio behind the socket: the network is not taking it, and what waits here cannot be dropped any more.
    private const int CongestedBytes = 64 * 1024;

    private readonly Lock _gate = new();
    private readonly CallSid _callSid;
    private readonly IModelSink _sink;
    private readonly GeminiEndpoint _endpoint;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _closing = new();
    private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private WebSocketLink? _link;
    private GeminiConnection? _connection;
    private ModelSetup? _setup;
    private ModelQuirks _quirks;
    private bool _isClosed;
    private Task _running = Task.CompletedTask;

    public GeminiLeg(CallSid callSid, IModelSink sink, GeminiEndpoint endpoint, ILogger<GeminiLeg> logger)
    {
        _callSid = callSid;
        _sink = sink;
        _endpoint = endpoint;
        _logger = logger;
        _quirks = ModelQuirks.For(endpoint.Options.Model);
    }

    public Task Closed => _closed.Task;

    public bool TakesAudio => _connection is { TakesAudio: true } && !_isClosed && _link!.QueuedBytes < CongestedBytes;

    public void Connect() => _running = RunAsync();

    public void Begin(ModelSetup setup)
    {
        lock (_gate)
        {
            _setup = setup;
            SendSetup();
        }
    }

    public void SendAudio(ReadOnlySpan<byte> pcm)
    {
        byte[] message = ArrayPool<byte>.Shared.Rent(GeminiAudioWriter.Length(pcm.Length));
        _link!.Send(WebSocketOpcode.Text, message.AsSpan(0, GeminiAudioWriter.Write(pcm, message)));
        ArrayPool<byte>.Shared.Return(message);
        _connection!.AudioMessages++;
    }

    public void SendAudioStreamEnd() => _link?.Send(WebSocketOpcode.Text, ClientMessages.AudioStreamEnd);

    public void SendOpeningText(string text) => Send(output => ClientMessages.WriteOpeningText(output, text));

    public void SendToolResponse(string id, string name, string response)
    {
        try
        {
            Send(output => ClientMessages.WriteToolResponse(output, _quirks, id, name, response));
        }
        catch (JsonException)
        {
            // The model waits for an answer all the same.
            Send(output => ClientMessages.WriteToolResponse(output, _quirks, id, name, """{"error":"the tool's answer was not JSON"}"""));
        }

        _connection?.OnToolAnswered(id);
    }

    public void Flush() => _link?.Flush();

    public void Close()
    {
        lock (_gate)
        {
            if (_isClosed)
            {
                return;
            }

            _isClosed = true;
            _link?.Close(1000, "");
        }

        _closing.Cancel(); // a dial under way ends here; an open socket has its own, bounded close
        if (_running.IsCompleted)
        {
            _closed.TrySetResult();
        }
    }

    private async Task RunAsync()
    {
        await Task.Yield(); // begun under the call's gate: a dial has files and names to look up
        ModelEnding? ending = null;
        try
        {
            for (int attempt = 1; !_isClosed; attempt++)
            {
                GeminiFailure? failure = await RunSocketAsync(mayRetry: attempt == 1);
                if (failure is null)
                {
                    continue; // with another token, or over
                }

                if (_isClosed)
                {
                    break; // as it was asked to
                }

                ending = failure.Ending;
                LogClosed(_callSid, failure.Ending.Reason.Word(), failure.Report);
                break;
            }
        }
#pragma warning disable CA1031 // the root of the leg: an unforeseen fault ends this call's leg, told to the session, and the daemon lives
        catch (Exception e) when (!_isClosed)
#pragma warning restore CA1031
        {
            LogFault(_callSid, e);
            ending = new ModelEnding(CallEndReason.ModelLost, $"unforeseen: {e.GetType().Name}");
        }
        catch (Exception) when (_isClosed)
        {
            // a consequence of closing
        }

        if (ending is { } why && !_isClosed)
        {
            _sink.OnModelClosed(why);
        }

        _closed.TrySetResult();
    }

    /// <summary>One token, one dial, one socket to its end.</summary>
    /// <returns>How it failed; null where another token is to be tried, or the leg was closed.</returns>
    private async Task<GeminiFailure?> RunSocketAsync(bool mayRetry)
    {
        GeminiSocket socket = await _endpoint.DialAsync(_callSid, _closing.Token);
        if (socket.Failure is { } failed)
        {
            return failed;
        }

        GeminiConnection connection = new(_sink, _endpoint.Counters, OnReady);
        lock (_gate)
        {
            if (_isClosed)
            {
                socket.Link!.Abort();
            }

            _link = socket.Link;
            _connection = connection;
            SendSetup();
        }

        Interlocked.Increment(ref _endpoint.Counters.OpenSockets);
        await socket.Link!.RunAsync(connection);
        Interlocked.Decrement(ref _endpoint.Counters.OpenSockets);
        return _isClosed ? null : _endpoint.Judge(socket, connection, mayRetry);
    }

    // Under the leg's gate: the setup leaves as soon as there are both a socket and a setup.
    private void SendSetup()
    {
        if (_setup is not { } setup || _link is null || _isClosed)
        {
            return;
        }

        _quirks = ModelQuirks.For(SetupWriter.ModelName(setup, _endpoint.Options));
        _connection!.Quirks = _quirks;
        Send(output => SetupWriter.Write(output, setup, _endpoint.Options, _quirks));
        _link.Flush();
    }

    private void OnReady(GeminiConnection connection) => _sink.OnModelReady(SetupWriter.ModelName(_setup!, _endpoint.Options));

    // Rare messages: what they allocate does not count.
    private void Send(Action<IBufferWriter<byte>> write)
    {
        ArrayBufferWriter<byte> message = new();
        write(message);
        _link?.Send(WebSocketOpcode.Text, message.WrittenSpan);
    }

    // Event ids 1270-1279 are the leg's. Retired: none.
    [LoggerMessage(1270, LogLevel.Warning, "call {CallSid}: {Reason}: {Report}")]
    private partial void LogClosed(CallSid callSid, string reason, string report);

    [LoggerMessage(1271, LogLevel.Error, "call {CallSid}: unforeseen fault in the model's leg")]
    private partial void LogFault(CallSid callSid, Exception e);
}
