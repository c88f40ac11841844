using Matrixd.Benchmarks;
using Xunit;

namespace Matrixd.Tests.Benchmarks;

public class PrometheusTextTests
{
    private const string Before = """
        # HELP matrixd_caller_frames_total Media frames from callers.
        # TYPE matrixd_caller_frames_total counter
        matrixd_caller_frames_total 100
        matrixd_allocated_bytes_total 5000
        matrixd_store_commits_total 10
        matrixd_store_commit_seconds_total 1.5
        matrixd_store_commit_seconds_max 0.4
        matrixd_gc_collections_total 3
        matrixd_gc_pause_seconds_bucket{le="0.001"} 3
        matrixd_gc_pause_seconds_bucket{le="0.01"} 3
        matrixd_gc_pause_seconds_bucket{le="+Inf"} 3
        matrixd_gc_pause_seconds_sum 0.001
        matrixd_gc_pause_seconds_count 3
        """;

    private const string After = """
        matrixd_caller_frames_total 300
        matrixd_allocated_bytes_total 5400
        matrixd_store_commits_total 14
        matrixd_store_commit_seconds_total 1.51
        matrixd_store_commit_seconds_max 0.4
        matrixd_gc_collections_total 203
        matrixd_gc_pause_seconds_bucket{le="0.001"} 101
        matrixd_gc_pause_seconds_bucket{le="0.01"} 203
        matrixd_gc_pause_seconds_bucket{le="+Inf"} 203
        matrixd_gc_pause_seconds_sum 0.201
        matrixd_gc_pause_seconds_count 203
        not a line of it
        """;

    [Fact]
    public void What_happened_between_two_pages_is_their_difference()
    {
        DaemonFigures figures = new PrometheusText(After).Since(new PrometheusText(Before));

        Assert.Equal(2, figures.AllocatedBytesPerFrame);
        Assert.Equal(4, figures.Commits);
        Assert.Equal(2.5, figures.CommitMeanMs, 6);
        Assert.Equal(400, figures.CommitMaxMs);
        Assert.Equal(200, figures.GcCount);
        Assert.Equal(10, figures.GcPauseP99Ms);
        Assert.Equal(200, figures.GcPauseTotalMs, 6);
    }

    [Fact]
    public void Nothing_that_happened_divides_by_nothing()
    {
        PrometheusText page = new(Before);

        Assert.Equal(new DaemonFigures { CommitMaxMs = 400 }, page.Since(page));
        Assert.Equal(0, new PrometheusText("")["matrixd_caller_frames_total"]);
    }

    [Fact]
    public void A_share_beyond_the_last_bound_is_told_as_that_bound()
    {
        PrometheusText page = new("h_bucket{le=\"0.5\"} 1\nh_bucket{le=\"+Inf\"} 10\nh_count 10\n");

        Assert.Equal(0.5, page.Quantile("h", 0.99, new PrometheusText("")));
    }
}
