using System.Buffers;
using System.Buffers.Text;
using System.Text.Json;
using Matrixd.Calls;
using Matrixd.Transport;

namespace Matrixd.Gemini;

/// <summary>One socket to Gemini: reads what comes and tells the session, keeps track of how far it got.</summary>
/// <remarks>Messages come on the link's receive loop, one at a time. Owns no buffer between messages.</remarks>
/// <param name="onReady">Called at <c>setupComplete</c>, before the session is told.</param>
internal sealed class GeminiConnection(IModelSink sink, GeminiCounters counters, Action<GeminiConnection> onReady) : IWebSocketSink
{
    // One broken message is passed over; a server that sends this many in a row is not speaking the protocol.
    private const int MaxBadMessages = 8;

    // One second of 20 ms messages.
    private const int FirstAudioMessages = 50;

    private int _badMessages;

    /// <summary>Of the model that the setup named; set with the setup.</summary>
    public ModelQuirks Quirks { get; set; } = ModelQuirks.For("");

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

    public void OnBatchEnd() => sink.OnModelBatchEnd();

    public void OnClosed(WebSocketClose close) => Close = close;

    private void Dispatch(ref GeminiMessage message, ReadOnlySpan<byte> json)
    {
        if (message.SetupComplete && !IsReady)
        {
            IsReady = true;
            onReady(this);
        }

        if (message.Interrupted)
        {
            sink.OnModelInterrupted(); // audio in the same message is the old turn's, and void
        }
        else
        {
            SpeakAll(ref message, json);
        }

        TellTranscripts(in message);
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

    private void Speak(ReadOnlySpan<byte> text, AudioPart part)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(text.Length + 4);
        int bytes = JsonBase64.Decode(text, part.IsEscaped, buffer);
        if (bytes > 0)
        {
            sink.OnModelAudio(buffer.AsSpan(0, bytes), part.SampleRate);
        }
        else if (bytes < 0)
        {
            Interlocked.Increment(ref counters.BadAudioParts);
        }

        ArrayPool<byte>.Shared.Return(buffer);
    }

    private void TellTranscripts(in GeminiMessage message)
    {
        if (message.InputTranscript is { Length: > 0 } heard)
        {
            sink.OnCallerTranscript(heard);
        }

        if (message.OutputTranscript is { Length: > 0 } said)
        {
            sink.OnModelTranscript(said);
        }
    }

    private void TellTurn(in GeminiMessage message)
    {
        if (message.GenerationComplete)
        {
            sink.OnModelGenerationComplete();
        }

        bool turnOver = Quirks.TurnEnd == TurnEndSignal.InteractionIdle
            ? message.InteractionIdle || (message.TurnComplete && message.Interrupted)
            : message.TurnComplete;
        if (turnOver)
        {
            sink.OnModelTurnComplete();
        }
    }

    private void TellRest(in GeminiMessage message)
    {
        foreach (ToolCall call in message.ToolCalls ?? [])
        {
            sink.OnToolCall(call);
        }

        foreach (string id in message.CancelledToolCalls ?? [])
        {
            sink.OnToolCallCancelled(id);
        }

        if (message.HasUsage)
        {
            Interlocked.Add(ref counters.PromptTokens, message.PromptTokens);
            Interlocked.Add(ref counters.ResponseTokens, message.ResponseTokens);
            sink.OnModelUsage(message.PromptTokens, message.ResponseTokens);
        }

        if (message.Handle is { } handle)
        {
            sink.OnModelHandle(handle);
        }

        if (message.GoAway is { } timeLeft)
        {
            sink.OnModelGoAway(timeLeft);
        }

        Error = message.Error ?? Error;
    }
}
