using Matrixd.Calls;
using Matrixd.Transport;

namespace Matrixd.Gemini;

/// <summary>How a socket to Gemini came to its end, and what operators are told.</summary>
/// <param name="Ending">For the call.</param>
/// <param name="Report">For the log.</param>
internal sealed record GeminiFailure(ModelEnding Ending, string Report)
{
    /// <summary>Another token may help.</summary>
    public bool IsTokenRefused { get; init; }

    public static GeminiFailure Of(CallEndReason reason, string detail) => new(new ModelEnding(reason, detail), detail);

    public static GeminiFailure OfDial(DialException e, string secret)
    {
        if (e.Stage != DialStage.Upgrade)
        {
            return Of(CallEndReason.ModelUnreachable, e.Message);
        }

        CloseCause cause = CloseCause.Classify(e.Status, e.Message, CloseStage.Upgrade, secret);
        return Judged(cause);
    }

    public static GeminiFailure OfClose(GeminiConnection connection, string secret)
    {
        CloseStage stage = !connection.IsReady ? CloseStage.BeforeSetupComplete : connection.IsInFirstAudio ? CloseStage.FirstAudio : CloseStage.MidCall;
        WebSocketClose close = connection.Close;
        string text = close.Reason.Length > 0 ? close.Reason : connection.Error ?? close.Error?.Message ?? "";

        // A code that we sent ourselves is not the service's word: to it the connection was lost.
        int code = close.Cause == WebSocketCloseCause.Peer ? close.Code : 1006;
        return Judged(CloseCause.Classify(code, text, stage, secret));
    }

    private static GeminiFailure Judged(CloseCause cause) =>
        new(new ModelEnding(cause.Reason, $"{cause.Code} {cause.Text}".TrimEnd()), cause.Describe()) { IsTokenRefused = cause.TokenExhausted || cause.TokenBad };
}
