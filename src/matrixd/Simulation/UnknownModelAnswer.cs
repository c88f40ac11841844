namespace Matrixd.Simulation;

/// <summary>What a setup with a model that nobody knows gets.</summary>
internal enum UnknownModelAnswer
{
    /// <summary>Silence, then the connection ends without a close frame. Observed: production.</summary>
    Bare,

    /// <summary>1008 with the catch-all text.</summary>
    CatchAll,

    /// <summary>1008 with the text that names the model.</summary>
    NotFound,
}
