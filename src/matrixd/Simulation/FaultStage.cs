namespace Matrixd.Simulation;

/// <summary>When a fault strikes.</summary>
internal enum FaultStage
{
    /// <summary>A token is asked for.</summary>
    Mint,

    /// <summary>The models are asked for.</summary>
    Models,

    /// <summary>The WebSocket is asked for.</summary>
    Upgrade,

    /// <summary>The setup has come; setupComplete has not gone out.</summary>
    Setup,

    /// <summary>setupComplete has gone out.</summary>
    Ready,

    /// <summary>The caller's first audio.</summary>
    Audio,

    /// <summary>The model has begun to speak.</summary>
    Turn,

    /// <summary>A tool call has gone out.</summary>
    Tool,
}
