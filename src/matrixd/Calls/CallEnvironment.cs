using Matrixd.Timing;
using Microsoft.Extensions.Logging;

namespace Matrixd.Calls;

/// <summary>What every call shares: built once by the host, handed to each <see cref="CallSession"/>.</summary>
internal sealed record CallEnvironment
{
    public required CallsOptions Options { get; init; }

    public required TimerWheel Wheel { get; init; }

    public required ISessionStore Sessions { get; init; }

    public required ICallLog Log { get; init; }

    public required IModelConnector Models { get; init; }

    /// <summary>Asked at each start, so that a reload takes effect with the next call.</summary>
    public required Func<IAgentDirectory> Agents { get; init; }

    /// <summary>Null: calls are not recorded.</summary>
    public RecordingWriter? Recordings { get; init; }

    /// <summary>Null: nobody watches.</summary>
    public ICallWatch? Watch { get; init; }

    public required CallCounters Counters { get; init; }

    public required ILogger<CallSession> Logger { get; init; }

    public TimeProvider Clock => Wheel.Clock;
}
