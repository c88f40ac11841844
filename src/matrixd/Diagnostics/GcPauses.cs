using Matrixd.Timing;

namespace Matrixd.Diagnostics;

/// <summary>How long collections stopped the process, each of them counted.</summary>
/// <remarks>
/// An object that nothing refers to is finalized after a collection: it notes the pause and leaves another in its place. Costs one small object a
/// collection and no thread of its own. One for the process; lives as long as it; any thread reads.
/// </remarks>
internal sealed class GcPauses
{
    // Of the lower bound of a frame's patience and around it: 2 ms is what is aimed at [s].
    private static readonly double[] s_bounds = [0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1];

    private long _lastIndex;

    /// <summary>Counts from its first use on.</summary>
    public static GcPauses OfProcess { get; } = Start();

    public DurationHistogram Histogram { get; } = new(s_bounds);

    private static GcPauses Start()
    {
        GcPauses pauses = new();
        Plant(pauses);
        return pauses;
    }

    private static void Plant(GcPauses pauses) => GC.KeepAlive(new Sentinel(pauses));

    // The finalizer's thread is the only one that comes here.
    private void Note()
    {
        GCMemoryInfo last = GC.GetGCMemoryInfo(GCKind.Any);
        if (last.Index == _lastIndex)
        {
            return;
        }

        _lastIndex = last.Index;
        foreach (TimeSpan pause in last.PauseDurations)
        {
            if (pause > TimeSpan.Zero)
            {
                Histogram.Add(pause);
            }
        }
    }

    private sealed class Sentinel(GcPauses pauses)
    {
        ~Sentinel()
        {
            pauses.Note();
            if (!Environment.HasShutdownStarted)
            {
                Plant(pauses);
            }
        }
    }
}
