using System.Buffers;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Matrixd.Calls;
using Matrixd.Models;
using Matrixd.Transport;

namespace Matrixd.Gemini;

/// <summary>One socket to Gemini: reads what comes and tells the session, keeps track of how far it got.</summary>
/// <remarks>Messages come on the link's receive loop, one at a time. Owns no buffer between messages.</remarks>
/// <param name="onReady">Called at <c>setupComplete</c>; audio is taken once it has returned, so that what it sends comes first.</param>
internal sealed class GeminiConnection(IModelSink sink, GeminiCounters counters, Action<GeminiConnection> onReady) : IWebSocketSink
{
    // One broken message is passed over; a server that sends this many in a row is not speaking the protocol.
    private const int MaxBadMessages = 8;

    // One second of 20 ms messages.
    private const int FirstAudioMessages = 50;

    // 120 ms of model audio as text; longer parts take memory from the pool.
    private const int AudioOnStack = 8192;

    // Calls that wait for their answers, for models that stand still meanwhile. The lock: the receive loop adds, the call's gate takes out.
    private readonly List<string> _toolCalls = [];
    private readonly Lock _toolGate = new();
    private int _badMessages;
    private volatile int _waitingTools;
    private bool _isInterrupted; // and its turn's end has not come yet
    private TurnNote _turnNote; // of the turn that is ending

    /// <summary>Where it sends; null in tests that only read.</summary>
    public WebSocketLink? Link { get; init; }

    /// <summary>Handle of the session that it goes on with; empty: a new one.</summary>
    public string Resumes { get; init; } = "";

    /// <summary>Told each handle as it comes; empty: the session cannot be resumed now.</summary>
    public Action<string>? OnHandle { get; init; }

    /// <summary>Its end was announced.</summary>
    public bool GoAwayCame { get; private set; }

    /// <summary>Of the model that the setup named; null until the setup has been sent.</summary>
    public ModelQuirks? Quirks { get; set; }

    /// <summary>True where caller audio may be sent now: the setup is complete, and no blocking tool call is pending.</summary>
    /// <remarks>Observed: realtime input while a blocking tool call is pending is closed with 1007 or 1008.</remarks>
    public bool TakesAudio => IsReady && !IsBlocked;

    /// <summary>True while a blocking tool call is pending: audio, text and the end of the stream are all realtime input, and wait.</summary>
    public bool IsBlocked => _waitingTools > 0 && Quirks is not { NonBlockingTools: true };

    /// <summary>True while a tool call waits for its answer.</summary>
    public bool HasPendingTool => _waitingTools > 0;

    /// <summary>Messages of audio sent.</summary>
    public int AudioMessages { get; set; }

    /// <summary>A close now is the answer to the first audio: a wrong form of it is noticed at once.</summary>
    public bool IsInFirstAudio => AudioMessages is > 0 and <= FirstAudioMessages;

    public bool IsReady { get; private set; }

    /// <summary>How it ended; set when the receive loop is over.</summary>
    public WebSocketClose Close { get; private set; }

    /// <summary>Text of an <c>error</c> object that came before the end; null: none came.</summary>
    public string? Error { get; private set; }

    public void OnMessage(WebSocketOpcode opcode, ReadOnlySpan<byte> message)
    {
        GeminiMessage read;
        try
        {
            read = GeminiMessageReader.Read(message);
        }
        catch (JsonException e)
        {
            Interlocked.Increment(ref counters.BadMessages);
            if (++_badMessages >= MaxBadMessages)
            {
                throw new InvalidDataException($"{MaxBadMessages} messages in a row were not JSON: {e.Message}", e);
            }

            return;
        }

        _badMessages = 0;
        Dispatch(ref read, message);
    }

    /// <summary>A tool call has its answer.</summary>
    public void OnToolAnswered(string id)
    {
        lock (_toolGate)
        {
            _toolCalls.Remove(id);
            _waitingTools = _toolCalls.Count;
        }
    }

    /// <summary>True where the tool call came on this connection and waits for its answer.</summary>
    public bool KnowsToolCall(string id)
    {
        lock (_toolGate)
        {
            return _toolCalls.Contains(id);
        }
    }

    public void OnBatchEnd() => sink.OnModelBatchEnd();

    public void OnClosed(WebSocketClose close) => Close = close;

    private void Dispatch(ref GeminiMessage message, ReadOnlySpan<byte> json)
    {
        if (message.SetupComplete && !IsReady && Quirks is not null)
        {
            onReady(this);
            IsReady = true;
        }

        if (message.Interrupted)
        {
            _isInterrupted = true;
            sink.OnModelInterrupted(); // audio in the same message is the old turn's, and void
        }
        else
        {
            SpeakAll(ref message, json);
        }

        TellTranscripts(ref message);
        TellTurn(in message);
        TellRest(in message);
    }

    private void SpeakAll(ref GeminiMessage message, ReadOnlySpan<byte> json)
    {
        Interlocked.Add(ref counters.BadAudioParts, message.AudioPartsLeftOut);
        for (int i = 0; i < message.AudioParts; i++)
        {
            AudioPart part = message.Audio[i];
            Speak(json.Slice(part.Start, part.Length), part);
        }
    }

    [SkipLocalsInit]
    private void Speak(ReadOnlySpan<byte> text, AudioPart part)
    {
        byte[]? rented = text.Length > AudioOnStack ? ArrayPool<byte>.Shared.Rent(text.Length) : null;
        Span<byte> pcm = rented is null ? stackalloc byte[AudioOnStack] : rented;
        int bytes = JsonBase64.Decode(text, part.IsEscaped, pcm);
        if (bytes > 0)
        {
            sink.OnModelAudio(pcm[..bytes], part.SampleRate);
        }
        else if (bytes < 0)
        {
            Interlocked.Increment(ref counters.BadAudioParts);
        }

        if (rented is not null)
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }

    private void TellTranscripts(ref GeminiMessage message)
    {
        if (message.InputTranscript.Length > 0)
        {
            sink.OnCallerTranscript(message.InputTranscript.Text);
        }

        if (message.OutputTranscript.Length > 0)
        {
            sink.OnModelTranscript(message.OutputTranscript.Text);
        }

        message.InputTranscript.Release();
        message.OutputTranscript.Release();
    }

    private void TellTurn(in GeminiMessage message)
    {
        if (message.GenerationComplete)
        {
            sink.OnModelGenerationComplete();
        }

        _turnNote = message.TurnNote == TurnNote.None ? _turnNote : message.TurnNote;
        bool turnOver = Quirks is { TurnEnd: TurnEndSignal.InteractionIdle }
            ? message.InteractionIdle || (message.TurnComplete && _isInterrupted)
            : message.TurnComplete;
        if (turnOver)
        {
            TurnNote note = _turnNote;
            _isInterrupted = false;
            _turnNote = TurnNote.None;
            sink.OnModelTurnComplete(note);
        }
    }

    private void TellRest(in GeminiMessage message)
    {
        TellTools(in message);
        if (message.HasUsage)
        {
            Interlocked.Add(ref counters.PromptTokens, message.PromptTokens);
            Interlocked.Add(ref counters.ResponseTokens, message.ResponseTokens);
            sink.OnModelUsage(message.PromptTokens, message.ResponseTokens);
        }

        if (message.NotResumable || message.Handle is not null)
        {
            string handle = message.NotResumable ? "" : message.Handle!;
            OnHandle?.Invoke(handle);
            sink.OnModelHandle(handle);
        }

        if (message.GoAway is { } timeLeft)
        {
            GoAwayCame = true;
            sink.OnModelGoAway(timeLeft);
        }

        if (message.Error is { } error)
        {
            Error = error;
        }
    }

    private void TellTools(in GeminiMessage message)
    {
        if (message.ToolCalls is null && message.CancelledToolCalls is null)
        {
            return; // nearly always, and then without so much as an empty list
        }

        foreach (ToolCall call in message.ToolCalls ?? [])
        {
            lock (_toolGate)
            {
                _toolCalls.Add(call.Id);
                _waitingTools = _toolCalls.Count;
            }

            sink.OnToolCall(call);
        }

        foreach (string id in message.CancelledToolCalls ?? [])
        {
            OnToolAnswered(id); // it needs no answer any more
            sink.OnToolCallCancelled(id);
        }
    }
}
