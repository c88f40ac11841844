namespace Matrixd.Calls;

/// <summary>Why a call ended: one closed set for the log, the row and the metric label. Numbers are not stored; words are.</summary>
internal enum CallEndReason
{
    None,
    CallerHungUp,
    AgentEnded,
    Transferred,
    ModelEnded,
    ModelUnreachable,
    ModelRefused,
    ModelLost,
    MediaLost,
    LimitDuration,
    LimitSilence,
    LimitCost,
    ProtocolError,
    RateLimited,
    Overload,
    Drained,
    Aborted,
    Crashed,
    NeverConnected,
    DialFailed,
    Busy,
    NoAnswer,
    InternalError,
}
