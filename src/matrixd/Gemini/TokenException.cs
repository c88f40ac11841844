namespace Matrixd.Gemini;

/// <summary>There is no token to be had.</summary>
/// <param name="message">Host, status and cause; no secret.</param>
/// <param name="status">HTTP status; 0 where no answer came.</param>
/// <param name="retryAfter">How long the server asked to be left alone.</param>
internal sealed class TokenException(string message, int status, TimeSpan? retryAfter, Exception? inner = null) : Exception(message, inner)
{
    public int Status => status;

    public TimeSpan? RetryAfter => retryAfter;

    /// <summary>True: asking again soon is no use; key, project or request is wrong.</summary>
    public bool IsPermanent => status is >= 400 and < 500 and not (408 or 429);
}
