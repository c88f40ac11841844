namespace Matrixd.Benchmarks;

/// <summary>What the daemon's own metrics say of one window.</summary>
internal sealed record DaemonFigures
{
    /// <summary>Heap allocated for each 20 ms frame of a caller, all else that happens included [bytes].</summary>
    public double AllocatedBytesPerFrame { get; init; }

    public long GcCount { get; init; }

    /// <summary>The bound that 99 of 100 pauses keep [ms]; 0: there was none.</summary>
    public double GcPauseP99Ms { get; init; }

    public double GcPauseTotalMs { get; init; }

    public long Commits { get; init; }

    /// <summary>From the begin of a transaction to its end on disk [ms].</summary>
    public double CommitMeanMs { get; init; }

    /// <summary>The longest since the daemon started [ms].</summary>
    public double CommitMaxMs { get; init; }
}

/// <summary>The daemon, or the floor, with so many calls.</summary>
internal sealed record BenchStep
{
    public int Calls { get; init; }

    public LoadWindow Load { get; init; } = new();

    /// <summary>Null for the floor, which has none.</summary>
    public DaemonFigures? Daemon { get; init; }

    /// <summary>Memory beyond what it held without calls, for each call.</summary>
    public double RssKibPerCall { get; init; }

    /// <summary>What broke the quality line; empty: it held.</summary>
    public IReadOnlyList<string> Breaks { get; init; } = [];

    /// <summary>The load was late itself: the figures say more about it than about what it measured.</summary>
    public bool LoadLate { get; init; }
}

/// <summary>Daemon and floor one after the other, at the same number of calls.</summary>
internal sealed record BenchPair
{
    public BenchStep Floor { get; init; } = new();

    public BenchStep Daemon { get; init; } = new();

    public double Ratio => Floor.Load.CpuMsPerCallSecond > 0 ? Daemon.Load.CpuMsPerCallSecond / Floor.Load.CpuMsPerCallSecond : 0;
}

/// <summary>What one run of <c>bench calls</c> found.</summary>
internal sealed record BenchReport
{
    public string Version { get; init; } = "";

    public DateTimeOffset MeasuredAt { get; init; }

    public string Machine { get; init; } = "";

    public int Processors { get; init; }

    /// <summary>The system's, before and after: other work on the machine makes figures worse.</summary>
    public string LoadAverage { get; init; } = "";

    /// <summary>The load was this program's own, or the one in C.</summary>
    public string Generator { get; init; } = "";

    public double Seconds { get; init; }

    /// <summary>The daemon, fewest calls first.</summary>
    public IReadOnlyList<BenchStep> Steps { get; init; } = [];

    /// <summary>The floor at the same numbers; empty where there was none.</summary>
    public IReadOnlyList<BenchStep> Floor { get; init; } = [];

    public IReadOnlyList<BenchPair> Pairs { get; init; } = [];

    /// <summary>Mean of the pairs' ratios; 0: there was no floor.</summary>
    public double FloorRatio => Pairs.Count > 0 ? Pairs.Average(pair => pair.Ratio) : 0;

    /// <summary>The most calls at which the quality line held, on one core; 0: at none.</summary>
    public int CallsPerCore { get; init; }

    /// <summary>Why it is not more: <c>quality</c> broke, the <c>load</c> could do no more, <c>max</c> was reached.</summary>
    public string LimitedBy { get; init; } = "";
}
