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

    public static GeminiFailure OfDial(DialException e) =>
        Of(e is { Stage: DialStage.Upgrade, Status: >= 400 and < 500 } ? CallEndReason.ModelRefused : CallEndReason.ModelUnreachable, e.Message);

    public static GeminiFailure OfClose(GeminiConnection connection)
    {
        WebSocketClose close = connection.Close;
        string text = PlainText.Clean(close.Reason);
        string behind = PlainText.Clean(connection.Error ?? close.Error?.Message ?? "");
        string detail = $"close {close.Code} {text} {behind}".Trim().Replace("  ", " ", StringComparison.Ordinal);
        return Of(connection.IsReady ? CallEndReason.ModelLost : CallEndReason.ModelRefused, detail) with
        {
            IsTokenRefused = (close.Code == 1011 && text.Contains("used too many times", StringComparison.Ordinal)) || (close.Code == 1007 && text.Contains("token", StringComparison.Ordinal)),
        };
    }
}
