namespace Matrixd.Models;

/// <summary>The field of <c>thinkingConfig</c> that a model takes.</summary>
internal enum ThinkingField
{
    /// <summary><c>thinkingConfig</c> must not be there.</summary>
    None,
    Level,
    Budget,
}

/// <summary>What a model does while a function runs.</summary>
internal enum FunctionBehaviour
{
    /// <summary>It waits; <c>behavior</c> is not taken.</summary>
    BlockingOnly,

    /// <summary>It waits unless told otherwise.</summary>
    BlockingDefault,

    /// <summary>It goes on unless told otherwise.</summary>
    NonBlockingDefault,

    /// <summary>It goes on.</summary>
    NonBlockingOnly,
}

/// <summary>The form in which a model takes text once audio has flowed.</summary>
internal enum MidCallText
{
    RealtimeInput,
    ClientContent,
}

/// <summary>What says that the model's turn is over.</summary>
internal enum TurnEndSignal
{
    /// <summary><c>turnComplete</c>.</summary>
    TurnComplete,

    /// <summary><c>interactionStatus: IDLE</c>; <c>turnComplete</c> may come several times before it.</summary>
    InteractionIdle,
}
