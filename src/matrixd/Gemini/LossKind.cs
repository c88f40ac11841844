using Matrixd.Calls;

namespace Matrixd.Gemini;

/// <summary>What the end of a connection, or of an attempt at one, says about the way back.</summary>
internal enum LossKind
{
    /// <summary>The network, or a fault of the service: the same again may do.</summary>
    Broken,

    /// <summary>The service has the session's old connection open still.</summary>
    SessionOpen,

    /// <summary>The service does not take the handle.</summary>
    HandleRefused,

    /// <summary>The session has come to an end that was not announced: it is over, not only its connection.</summary>
    Expired,

    /// <summary>Another token may do.</summary>
    TokenRefused,

    /// <summary>The service wants to be left alone.</summary>
    Quota,

    /// <summary>The same again would end the same.</summary>
    Permanent,
}

internal static class LossKinds
{
    /// <summary>Judges an end.</summary>
    /// <param name="cause">Null: there was no connection, so nothing was said.</param>
    /// <param name="wasReady">setupComplete had come.</param>
    /// <param name="wasResumption">The setup named a handle.</param>
    /// <param name="wasAnnounced">A goAway had come on that connection.</param>
    public static LossKind Of(CloseCause? cause, bool wasReady, bool wasResumption, bool wasAnnounced)
    {
        if (cause is null)
        {
            return LossKind.Broken;
        }

        if (cause.Quota)
        {
            return LossKind.Quota;
        }

        if (cause.TokenBad || cause.TokenExhausted)
        {
            return LossKind.TokenRefused;
        }

        if (wasResumption && !wasReady && cause.Code is 1007 or 1011)
        {
            return cause.Code == 1007 ? LossKind.HandleRefused : LossKind.SessionOpen;
        }

        if (cause.Permanent)
        {
            return LossKind.Permanent;
        }

        // Observed: at 58:00 a session is closed with this text and without a goAway, and cannot be resumed.
        bool expired = wasReady && !wasAnnounced && cause.Text.Contains("deadline expired", StringComparison.OrdinalIgnoreCase);
        return expired ? LossKind.Expired : LossKind.Broken;
    }
}
