namespace Matrixd.Simulation;

/// <summary>An HTTP answer in place of the simulator's own.</summary>
/// <param name="RetryAfter">Seconds, as the header; 0: no such header.</param>
internal readonly record struct GeminiAnswer(int Status, string Body, int RetryAfter = 0)
{
    /// <summary>Without the body, which may hold a token.</summary>
    public override string ToString() => $"{Status}";

    public static GeminiAnswer Error(int status, string message, int retryAfter = 0) =>
        new(status, GeminiRestError.Body(status, GeminiRestError.NameOf(status), message), retryAfter);
}
