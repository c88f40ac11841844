namespace Matrixd.Calls;

/// <summary>What the calls room is told.</summary>
internal sealed record CallsOptions
{
    /// <summary>Calls at the same time; never 0 here.</summary>
    public required int MaxCalls { get; init; }

    public TimeSpan CallMax { get; init; } = TimeSpan.FromMinutes(60);

    public TimeSpan MediaIdle { get; init; } = TimeSpan.FromSeconds(10);

    public TimeSpan CloseTimeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>From start to the model's setupComplete.</summary>
    public TimeSpan ModelReadyTimeout { get; init; } = TimeSpan.FromSeconds(8);

    /// <summary>Age of a connection to the model at which the call moves to another.</summary>
    public TimeSpan RotateAfter { get; init; } = TimeSpan.FromMinutes(8);

    /// <summary>Playout lead over real time.</summary>
    public TimeSpan OutboundLead { get; init; } = TimeSpan.FromMilliseconds(300);

    /// <summary>Caller audio in one message to the model.</summary>
    public TimeSpan UplinkFrame { get; init; } = TimeSpan.FromMilliseconds(20);

    /// <summary>Caller audio kept while the model takes none.</summary>
    public TimeSpan UplinkBuffer { get; init; } = TimeSpan.FromSeconds(10);

    public BargeInOptions BargeIn { get; init; } = new();

    public StallOptions Stalls { get; init; } = new();

    /// <summary>Empty: calls are not recorded.</summary>
    public string RecordingDirectory { get; init; } = "";
}
