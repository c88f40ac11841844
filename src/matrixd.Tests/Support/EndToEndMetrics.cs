using System.Globalization;

namespace Matrixd.Tests.Support;

/// <summary>A metrics page, read as Prometheus would.</summary>
internal sealed class EndToEndMetrics(string page)
{
    private readonly Dictionary<string, double> _values = page.Split('\n')
        .Where(line => line.Length > 0 && line[0] != '#')
        .Select(line => line.Split(' '))
        .ToDictionary(parts => parts[0], parts => double.Parse(parts[1], CultureInfo.InvariantCulture));

    public string Page => page;

    public IReadOnlyDictionary<string, double> Values => _values;

    /// <param name="name">Without <c>matrixd_</c>; with labels as they stand.</param>
    public double this[string name] => _values[$"matrixd_{name}"];

    public double Ended(string reason) => this[$"calls_ended_total{{reason=\"{reason}\"}}"];
}
