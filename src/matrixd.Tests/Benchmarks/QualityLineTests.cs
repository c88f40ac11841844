using Matrixd.Benchmarks;
using Xunit;

namespace Matrixd.Tests.Benchmarks;

public class QualityLineTests
{
    private static readonly LoadWindow s_good = new()
    {
        Calls = 100,
        Seconds = 10,
        LoadCpuSeconds = 5,
        FramesSent = 50_000,
        SamplesExpected = 1_000_000,
        Uplink = new LatencyFigures { Count = 50_000, P99Ms = 40 },
        LoadLag = new LatencyFigures { Count = 50_000, P99Ms = 1 },
    };

    [Fact]
    public void Nothing_breaks_at_the_line_itself() =>
        Assert.Empty(QualityLine.Breaks(s_good with { FramesLost = 50, SamplesMissing = 1000 }));

    [Fact]
    public void Each_thing_that_a_caller_would_notice_breaks_it_alone()
    {
        LoadWindow[] broken =
        [
            s_good with { Uplink = new LatencyFigures { P99Ms = 40.1 } },
            s_good with { Underruns = 1 },
            s_good with { FramesLost = 51 },
            s_good with { SamplesMissing = 1001 },
            s_good with { ChunkViolations = 1 },
            s_good with { BytesAfterClear = 2 },
            s_good with { MissingClears = 1 },
            s_good with { Misaligned = 1 },
            s_good with { CallsLost = 1 },
        ];

        Assert.All(broken, window => Assert.Single(QualityLine.Breaks(window)));
        Assert.Contains("40.1", QualityLine.Breaks(broken[0])[0], StringComparison.Ordinal);
    }

    [Fact]
    public void A_load_that_is_late_or_at_its_end_is_told_from_a_daemon_that_is()
    {
        Assert.False(QualityLine.IsLoadLate(s_good));
        Assert.True(QualityLine.IsLoadLate(s_good with { LoadLag = new LatencyFigures { P99Ms = 5.1 } }));
        Assert.True(QualityLine.IsLoadLate(s_good with { LoadCpuSeconds = 9.1 }));
    }

    [Fact]
    public void Cost_is_divided_by_the_audio_that_flowed()
    {
        LoadWindow late = s_good with { FramesSent = 25_000, CpuSeconds = 2 };

        Assert.Equal(500, late.CallSeconds);
        Assert.Equal(4, late.CpuMsPerCallSecond);
        Assert.Equal(10, late.LoadCpuMsPerCallSecond);
        Assert.Equal(0, new LoadWindow { CpuSeconds = 1 }.CpuMsPerCallSecond);
    }

    [Fact]
    public void The_audio_ratio_is_that_of_the_worse_direction()
    {
        Assert.Equal(1, new LoadWindow().AudioRatio);
        Assert.Equal(0.5, (s_good with { FramesLost = 25_000, SamplesMissing = 1 }).AudioRatio);
        Assert.Equal(0.25, (s_good with { FramesLost = 1, SamplesMissing = 750_000 }).AudioRatio);
    }
}
