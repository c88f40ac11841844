using System.Globalization;

namespace Matrixd.Benchmarks;

/// <summary>The values of a metrics page, by name with labels.</summary>
/// <remarks>Immutable. A name that is not there reads as 0.</remarks>
internal sealed class PrometheusText
{
    private readonly Dictionary<string, double> _values = new(StringComparer.Ordinal);

    public PrometheusText(string page)
    {
        foreach (string line in page.Split('\n'))
        {
            int space = line.LastIndexOf(' ');
            if (space > 0 && line[0] != '#' && double.TryParse(line.AsSpan(space + 1), CultureInfo.InvariantCulture, out double value))
            {
                _values[line[..space]] = value;
            }
        }
    }

    public double this[string name] => _values.GetValueOrDefault(name);

    /// <summary>The bound that a share of what a histogram counted between two pages does not exceed; the last finite bound where it lies beyond.</summary>
    public double Quantile(string name, double share, PrometheusText before)
    {
        double count = this[name + "_count"] - before[name + "_count"];
        if (count <= 0)
        {
            return 0;
        }

        double last = 0;
        string prefix = name + "_bucket{le=\"";
        foreach ((string key, double value) in _values.Where(pair => pair.Key.StartsWith(prefix, StringComparison.Ordinal)))
        {
            if (!double.TryParse(key.AsSpan(prefix.Length).TrimEnd("\"}"), CultureInfo.InvariantCulture, out double bound) || double.IsInfinity(bound))
            {
                continue;
            }

            last = bound;
            if (value - before[key] >= share * count)
            {
                return bound;
            }
        }

        return last;
    }

    /// <summary>What happened between two pages.</summary>
    public DaemonFigures Since(PrometheusText before)
    {
        double Rise(string name) => this[name] - before[name];
        double frames = Rise("matrixd_caller_frames_total");
        double commits = Rise("matrixd_store_commits_total");
        return new DaemonFigures
        {
            AllocatedBytesPerFrame = frames > 0 ? Rise("matrixd_allocated_bytes_total") / frames : 0,
            GcCount = (long)Rise("matrixd_gc_collections_total"),
            GcPauseP99Ms = Quantile("matrixd_gc_pause_seconds", 0.99, before) * 1000,
            GcPauseTotalMs = Rise("matrixd_gc_pause_seconds_sum") * 1000,
            Commits = (long)commits,
            CommitMeanMs = commits > 0 ? Rise("matrixd_store_commit_seconds_total") * 1000 / commits : 0,
            CommitMaxMs = this["matrixd_store_commit_seconds_max"] * 1000,
        };
    }
}
