namespace Matrixd.Benchmarks;

/// <summary>What the load counts within a window. Belongs to the loop's thread.</summary>
internal sealed class LoadFigures
{
    public LoadHistogram Uplink { get; } = new();

    public LoadHistogram Downlink { get; } = new();

    public LoadHistogram Clear { get; } = new();

    public LoadHistogram Lag { get; } = new();

    public long FramesSent { get; set; }

    public long FramesHeard { get; set; }

    public long Turns { get; set; }

    public long Interrupted { get; set; }

    public long Chunks { get; set; }

    public long SamplesExpected { get; set; }

    public long SamplesMissing { get; set; }

    public long Underruns { get; set; }

    public long ChunkViolations { get; set; }

    public long BytesAfterClear { get; set; }

    public long MissingClears { get; set; }

    public long Misaligned { get; set; }

    public long CallsLost { get; set; }

    public void Reset()
    {
        Uplink.Clear();
        Downlink.Clear();
        Clear.Clear();
        Lag.Clear();
        FramesSent = FramesHeard = Turns = Interrupted = Chunks = SamplesExpected = SamplesMissing = 0;
        Underruns = ChunkViolations = BytesAfterClear = MissingClears = Misaligned = CallsLost = 0;
    }

    /// <summary>Freezes them, with what the processes used.</summary>
    public LoadWindow Window(int calls, LoadUsage before, LoadUsage after) => new()
    {
        Calls = calls,
        Seconds = (after.At - before.At) / 1e9,
        CpuSeconds = (after.TargetCpu - before.TargetCpu) / 1e9,
        LoadCpuSeconds = (after.OwnCpu - before.OwnCpu) / 1e9,
        RssKib = after.RssKib,
        Uplink = Uplink.Figures(),
        Downlink = Downlink.Figures(),
        Clear = Clear.Figures(),
        LoadLag = Lag.Figures(),
        FramesSent = FramesSent,
        FramesHeard = FramesHeard,
        Turns = Turns,
        Interrupted = Interrupted,
        Chunks = Chunks,
        SamplesExpected = SamplesExpected,
        SamplesMissing = SamplesMissing,
        Underruns = Underruns,
        ChunkViolations = ChunkViolations,
        BytesAfterClear = BytesAfterClear,
        MissingClears = MissingClears,
        Misaligned = Misaligned,
        CallsLost = CallsLost,
    };
}
