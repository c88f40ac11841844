namespace Matrixd.Gemini;

/// <summary>What the Gemini room counts of its sockets, for the metrics page. Added to by <see cref="Interlocked"/> from any thread.</summary>
internal sealed class GeminiCounters
{
    public long Dials;
    public long DialFailures;
    public long OpenSockets;

    /// <summary>Model legs of calls, with a connection or on the way to one.</summary>
    public long Legs;
    public long TokenRetries;
    public long BadMessages;
    public long BadAudioParts;
    public long PromptTokens;
    public long ResponseTokens;

    /// <summary>How sockets and dials ended.</summary>
    public CloseCounters Closes { get; } = new();
}
