using Matrixd.Diagnostics;
using Matrixd.Tests.Support;
using Matrixd.Timing;
using Xunit;

namespace Matrixd.Tests.Benchmarks;

/// <summary>What the metrics page tells the bench.</summary>
public class GcPausesTests
{
    [Fact]
    public async Task Every_collection_is_noted()
    {
        long before = GcPauses.OfProcess.Histogram.Count;

        await Eventually.TrueAsync(
            () =>
            {
                GC.Collect();
                return GcPauses.OfProcess.Histogram.Count > before + 2;
            },
            "three pauses");

        Assert.True(GcPauses.OfProcess.Histogram.Sum > TimeSpan.Zero);
    }

    [Fact]
    public void A_duration_counts_up_to_its_bound_and_beyond_the_last()
    {
        DurationHistogram histogram = new([0.001, 0.01]);
        histogram.Add(TimeSpan.FromMilliseconds(1));
        histogram.Add(TimeSpan.FromMilliseconds(2));
        histogram.Add(TimeSpan.FromMilliseconds(20));

        Assert.Equal(1, histogram.UpTo(0));
        Assert.Equal(2, histogram.UpTo(1));
        Assert.Equal(3, histogram.Count);
        Assert.Equal(TimeSpan.FromMilliseconds(23), histogram.Sum);
    }
}
