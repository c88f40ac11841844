namespace Matrixd.Simulation;

/// <summary>A conversation that may outlive its connection.</summary>
/// <remarks>Belongs to the connection that has it open, under that connection's lock; between connections to <see cref="GeminiSessions"/>.</remarks>
internal sealed class GeminiSessionState
{
    public required string Id { get; init; }

    public required string Model { get; init; }

    /// <summary>Faults that this session has had.</summary>
    public HashSet<FaultSpec> Struck { get; } = [];

    /// <summary>Tool calls of the simulator's list that were made.</summary>
    public int ToolCallsMade { get; set; }

    /// <summary>Handles given out.</summary>
    public int Handles { get; set; }

    /// <summary>The connection it is open on; null: it waits to be resumed.</summary>
    public GeminiConnection? OpenOn { get; set; }

    public DateTimeOffset LastOpen { get; set; }
}
