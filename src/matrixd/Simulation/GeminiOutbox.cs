using Matrixd.Transport;

namespace Matrixd.Simulation;

/// <summary>Sends the simulated model's messages and writes down that they went.</summary>
/// <remarks>Owned by one connection and called under its lock.</remarks>
internal sealed class GeminiOutbox(WebSocketLink link, GeminiLedger ledger)
{
    private readonly GeminiMessageWriter _writer = new();

    /// <summary>Tool calls that went out and have no answer yet.</summary>
    public HashSet<string> PendingTools { get; } = [];

    /// <summary>What is sent from here on is said into the void: the model has stalled, or the connection is over.</summary>
    public bool Silenced { get; set; }

    public void SetupComplete() => Put("setupComplete", _writer.SetupComplete());

    public void GoAway(TimeSpan left) => Put("goAway", _writer.GoAway(left));

    public void ToolCall(string id, GeminiToolCall call)
    {
        PendingTools.Add(id);
        Put("toolCall", _writer.ToolCall(id, call.Name, call.Args));
    }

    public void ToolCallCancellation(string id)
    {
        PendingTools.Remove(id);
        Put("toolCallCancellation", _writer.ToolCallCancellation(id));
    }

    public void GenerationComplete() => Put("serverContent.generationComplete", _writer.GenerationComplete());

    public void Interrupted() => Put("serverContent.interrupted", _writer.Interrupted());

    public void InputTranscription(string text) => Put("serverContent.inputTranscription", _writer.InputTranscription(text));

    /// <param name="idle">The model ends its turns with interactionStatus IDLE.</param>
    /// <param name="reason">Why it ended as it did; empty: nothing is said of it.</param>
    public void TurnComplete(bool idle, int promptTokens, int responseTokens, string reason = "") =>
        Put(idle ? "serverContent.interactionStatus" : "serverContent.turnComplete", _writer.TurnComplete(idle, promptTokens, responseTokens, reason));

    public void Handle(string handle) => Put("sessionResumptionUpdate", _writer.Resumption(handle));

    /// <summary>One message of a turn's audio.</summary>
    /// <param name="words">Said in it; empty: none, or nobody wants to know.</param>
    /// <param name="number">Of the message in its turn, from 0.</param>
    /// <returns>False: the socket is full, and nothing of it was sent but perhaps its words.</returns>
    public bool Audio(ReadOnlySpan<short> pcm, string words, int number)
    {
        // Every other piece of the transcript stands in the audio's own message, the rest in messages of their own: both occur.
        bool together = number % 2 == 0;
        if (words.Length > 0 && !together && !Put("serverContent.outputTranscription", _writer.OutputTranscription(words)))
        {
            return false;
        }

        return Put("serverContent.modelTurn", _writer.Audio(pcm, together ? words : "", bareMime: number % 5 == 4), pcm);
    }

    /// <summary>Any message.</summary>
    /// <returns>False: the socket is full.</returns>
    public bool Put(string kind, ReadOnlySpan<byte> message, ReadOnlySpan<short> pcm = default, WebSocketOpcode opcode = WebSocketOpcode.Binary)
    {
        if (Silenced)
        {
            return true;
        }

        if (!link.Send(opcode, message))
        {
            return false;
        }

        link.Flush();
        ledger.Send(kind, pcm);
        return true;
    }
}
