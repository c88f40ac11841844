namespace Matrixd.Benchmarks;

/// <summary>What a load saw within one window; the line of JSON that it answers <c>measure</c> with.</summary>
/// <remarks>Both loads write it: the one in this program and the one in C.</remarks>
internal sealed record LoadWindow
{
    public int Calls { get; init; }

    public double Seconds { get; init; }

    /// <summary>Processor time of what was measured, user and system.</summary>
    public double CpuSeconds { get; init; }

    /// <summary>The load's own.</summary>
    public double LoadCpuSeconds { get; init; }

    public long RssKib { get; init; }

    /// <summary>From a caller's frame to the message with its last sample at Gemini.</summary>
    public LatencyFigures Uplink { get; init; } = new();

    /// <summary>From the message that fills a turn's first chunk to that chunk at the caller.</summary>
    public LatencyFigures Downlink { get; init; } = new();

    /// <summary>From <c>interrupted</c> to <c>clear</c>.</summary>
    public LatencyFigures Clear { get; init; } = new();

    /// <summary>How late the load itself sent frames.</summary>
    public LatencyFigures LoadLag { get; init; } = new();

    public long FramesSent { get; init; }

    public long FramesHeard { get; init; }

    /// <summary>Frames sent within the window that never came.</summary>
    public long FramesLost { get; init; }

    public long Turns { get; init; }

    public long Interrupted { get; init; }

    public long Chunks { get; init; }

    /// <summary>Samples of whole turns, at 8 kHz, that the model said.</summary>
    public long SamplesExpected { get; init; }

    /// <summary>Those of them that the caller did not get.</summary>
    public long SamplesMissing { get; init; }

    /// <summary>Times that a caller had nothing left to play within a turn.</summary>
    public long Underruns { get; init; }

    /// <summary>Chunks too small, too large or no multiple of 320 bytes.</summary>
    public long ChunkViolations { get; init; }

    /// <summary>Audio of an interrupted turn that came after its <c>clear</c>.</summary>
    public long BytesAfterClear { get; init; }

    public long MissingClears { get; init; }

    /// <summary>Speech that reached Gemini at another place than the caller put it.</summary>
    public long Misaligned { get; init; }

    /// <summary>Calls that ended although nobody hung up.</summary>
    public long CallsLost { get; init; }

    /// <summary>Audio that flowed [call-seconds]: what cost is divided by, so that a load that was late tells no lie.</summary>
    public double CallSeconds => FramesSent / 50.0;

    public double CpuMsPerCallSecond => CallSeconds > 0 ? CpuSeconds * 1000 / CallSeconds : 0;

    public double LoadCpuMsPerCallSecond => CallSeconds > 0 ? LoadCpuSeconds * 1000 / CallSeconds : 0;

    /// <summary>The worse of both directions: what arrived of what was sent.</summary>
    public double AudioRatio
    {
        get
        {
            double up = FramesSent > 0 ? 1 - ((double)FramesLost / FramesSent) : 1;
            double down = SamplesExpected > 0 ? 1 - ((double)SamplesMissing / SamplesExpected) : 1;
            return Math.Min(up, down);
        }
    }
}
