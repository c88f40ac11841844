using Matrixd.Benchmarks;
using Xunit;

namespace Matrixd.Tests.Benchmarks;

public class LoadHistogramTests
{
    [Fact]
    public void Quantiles_are_within_a_class_of_the_truth_and_never_below_it()
    {
        LoadHistogram histogram = new();
        for (int microseconds = 1; microseconds <= 100_000; microseconds++)
        {
            histogram.Add(microseconds * 1000L);
        }

        Assert.InRange(histogram.Milliseconds(0.50), 50, 50 * 1.04);
        Assert.InRange(histogram.Milliseconds(0.99), 99, 99 * 1.04);
        Assert.Equal(100, histogram.Milliseconds(1));
        Assert.Equal(100_000, histogram.Figures().Count);
        Assert.Equal(100, histogram.Figures().MaxMs);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(31)]
    [InlineData(32)]
    [InlineData(33)]
    [InlineData(63)]
    [InlineData(64)]
    [InlineData(1_000_000_007)]
    [InlineData(long.MaxValue)]
    public void One_time_is_its_own_every_quantile(long nanoseconds)
    {
        LoadHistogram histogram = new();
        histogram.Add(nanoseconds);

        Assert.Equal(nanoseconds / 1e6, histogram.Milliseconds(0.5));
        Assert.Equal(nanoseconds, histogram.Most);
    }

    [Fact]
    public void A_clock_that_seems_to_go_back_counts_as_no_time()
    {
        LoadHistogram histogram = new();
        histogram.Add(-5);

        Assert.Equal(1, histogram.Count);
        Assert.Equal(0, histogram.Milliseconds(0.99));
    }

    [Fact]
    public void Cleared_it_knows_nothing()
    {
        LoadHistogram histogram = new();
        histogram.Add(1_000_000);
        histogram.Clear();

        Assert.Equal(new LatencyFigures(), histogram.Figures());
    }
}
