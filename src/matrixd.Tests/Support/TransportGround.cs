using Matrixd.Transport.Loop;
using Microsoft.Extensions.Logging.Abstractions;

namespace Matrixd.Tests.Support;

/// <summary>What the sockets of a test stand on: the portable way, or, where its class says so, event loops.</summary>
internal static class TransportGround
{
    private static readonly AsyncLocal<bool> s_onLoops = new();

    // Two, so that both kinds of call are there: from the connection's own loop and from another. They live as long as the tests.
    private static readonly Lazy<EventLoops> s_loops = new(() =>
    {
        EventLoops loops = EventLoops.Create(2, wheel: null, NullLogger<EventLoops>.Instance) ?? throw new InvalidOperationException(EventLoops.Missing);
        loops.Start();
        return loops;
    });

    /// <summary>Null: the portable way.</summary>
    public static EventLoops? Loops => s_onLoops.Value ? s_loops.Value : null;

    /// <summary>Where the next connection is to live.</summary>
    public static EventLoop? Loop => Loops?.Spread();

    /// <summary>From here on this test's sockets are on event loops. Called by the test class's constructor.</summary>
    public static void Enter() => s_onLoops.Value = true;
}
