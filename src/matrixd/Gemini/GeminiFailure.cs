using Matrixd.Calls;
using Matrixd.Transport;

namespace Matrixd.Gemini;

/// <summary>How a socket to Gemini came to its end, and what operators are told.</summary>
/// <param name="Ending">For the call.</param>
/// <param name="Report">For the log.</param>
internal sealed record GeminiFailure(ModelEnding Ending, string Report)
{
    /// <summary>What is behind it; null where no connection was tried.</summary>
    public CloseCause? Cause { get; init; }

    /// <summary>Another token may help.</summary>
    public bool IsTokenRefused => Cause is { TokenExhausted: true } or { TokenBad: true };

    public static GeminiFailure Of(CallEndReason reason, string detail) => new(new ModelEnding(reason, detail), detail);

    public static GeminiFailure OfDial(DialException e, string secret, CloseEvidence? evidence = null)
    {
        CloseCause cause = e.Stage == DialStage.Upgrade
            ? CloseCause.Classify(e.Status, e.Message, CloseStage.Upgrade, secret, evidence)
            : CloseCause.OfDial(e.Stage, e.Message, secret);
        return e.Stage == DialStage.Upgrade ? Judged("status", cause, "") : new GeminiFailure(new ModelEnding(cause.Reason, WithCause(e.Message, cause)), cause.Describe()) { Cause = cause };
    }

    public static GeminiFailure OfClose(GeminiConnection connection, string secret, CloseEvidence? evidence = null)
    {
        CloseStage stage = !connection.IsReady ? CloseStage.BeforeSetupComplete : connection.IsInFirstAudio ? CloseStage.FirstAudio : CloseStage.MidCall;
        WebSocketClose close = connection.Close;

        // A code that we sent ourselves is not the service's word: to it the connection was lost.
        int code = close.Cause == WebSocketCloseCause.Peer ? close.Code : 1006;
        string behind = PlainText.Clean(connection.Error ?? close.Error?.Message ?? "", secret: secret);
        return Judged("close", CloseCause.Classify(code, close.Reason, stage, secret, evidence), behind);
    }

    private static GeminiFailure Judged(string what, CloseCause cause, string behind)
    {
        string detail = string.Join(' ', new[] { what, $"{cause.Code}", cause.Text, behind }.Where(part => part.Length > 0));
        return new GeminiFailure(new ModelEnding(cause.Reason, WithCause(detail, cause)), cause.Describe()) { Cause = cause };
    }

    // The row has the likeliest cause beside the words, which may lie.
    private static string WithCause(string detail, CloseCause cause) => $"{detail}; {cause.Slug}: {cause.Causes[0].What}";
}
