using System.Globalization;
using System.Text;

namespace Matrixd.Benchmarks;

/// <summary>Draws cost and latency against the number of calls: plain SVG, no script, readable in any browser.</summary>
internal static class BenchPlot
{
    private const int Width = 900;
    private const int Height = 360; // of one chart
    private const int Left = 70;
    private const int Right = 170; // the names of the lines stand there
    private const int Top = 40;
    private const int Bottom = 45;

    // The quality line, with some room above.
    private const double LeastLatency = 50; // [ms]

    private static readonly string[] s_colours = ["#1f5fbf", "#c2410c", "#15803d", "#7e22ce"];

    public static string Render(BenchReport report)
    {
        StringBuilder svg = new();
        svg.Append(CultureInfo.InvariantCulture, $"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{Width}\" height=\"{2 * Height}\" viewBox=\"0 0 {Width} {2 * Height}\" font-family=\"sans-serif\" font-size=\"12\">\n");
        svg.Append(CultureInfo.InvariantCulture, $"<rect width=\"{Width}\" height=\"{2 * Height}\" fill=\"white\"/>\n");
        Chart(svg, 0, "CPU ms for each second of a call", report, 0,
        [
            new Line("daemon", [.. report.Steps.Select(step => (step.Calls, step.Load.CpuMsPerCallSecond))]),
            new Line("floor", [.. report.Floor.Select(step => (step.Calls, step.Load.CpuMsPerCallSecond))]),
            new Line("load", [.. report.Steps.Select(step => (step.Calls, step.Load.LoadCpuMsPerCallSecond))]),
        ]);
        Chart(svg, Height, "latency added, p99 [ms]; a floor that is beyond its end stands at the top", report, LeastLatency,
        [
            new Line("caller to Gemini", [.. report.Steps.Select(step => (step.Calls, step.Load.Uplink.P99Ms))]),
            new Line("Gemini to caller", [.. report.Steps.Select(step => (step.Calls, step.Load.Downlink.P99Ms))]),
            new Line("interrupted to clear", [.. report.Steps.Select(step => (step.Calls, step.Load.Clear.P99Ms))]),
            new Line("floor, caller to Gemini", [.. report.Floor.Select(step => (step.Calls, step.Load.Uplink.P99Ms))]),
        ]);
        return svg.Append("</svg>\n").ToString();
    }

    /// <summary>The next of 1, 2, 5, 10, … that is not below.</summary>
    public static double RoundUp(double value)
    {
        if (!(value > 0))
        {
            return 1;
        }

        double power = Math.Pow(10, Math.Floor(Math.Log10(value)));
        double lead = value / power;
        return power * (lead <= 1 ? 1 : lead <= 2 ? 2 : lead <= 5 ? 5 : 10);
    }

    /// <param name="least">How high the chart reaches at least.</param>
    private static void Chart(StringBuilder svg, int top, string title, BenchReport report, double least, Line[] lines)
    {
        lines = [.. lines.Where(line => line.Points.Length > 0)];
        double mostX = RoundUp(report.Steps.Concat(report.Floor).Select(step => step.Calls).DefaultIfEmpty(1).Max());
        Line[] measured = [.. lines.Where(line => !line.IsFloor)]; // the floor is there to compare with: where it breaks, it must not flatten the rest
        double mostY = RoundUp(Math.Max(least, (measured.Length > 0 ? measured : lines).SelectMany(line => line.Points).Select(point => point.Y).DefaultIfEmpty(1).Max()));
        Text(svg, Left, top + 22, $"{title} · {report.Machine}", "start");
        for (int i = 0; i <= 5; i++)
        {
            double y = Y(top, i / 5.0);
            double x = X(i / 5.0);
            svg.Append(CultureInfo.InvariantCulture, $"<path d=\"M{Left} {y:0.#}H{Width - Right}M{x:0.#} {top + Top}V{top + Height - Bottom}\" stroke=\"#ddd\"/>\n");
            Text(svg, Left - 8, y + 4, Number(mostY * i / 5), "end");
            Text(svg, x, top + Height - Bottom + 18, Number(mostX * i / 5), "middle");
        }

        Text(svg, (Left + Width - Right) / 2.0, top + Height - 8, "calls", "middle");
        for (int i = 0; i < lines.Length; i++)
        {
            string colour = s_colours[i % s_colours.Length];
            string points = string.Join(' ', lines[i].Points.Select(point => string.Create(CultureInfo.InvariantCulture, $"{X(point.X / mostX):0.#},{Y(top, Math.Min(1, point.Y / mostY)):0.#}")));
            svg.Append(CultureInfo.InvariantCulture, $"<polyline points=\"{points}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"2\"/>\n");
            svg.Append(CultureInfo.InvariantCulture, $"<rect x=\"{Width - Right + 12}\" y=\"{top + Top + (i * 20)}\" width=\"10\" height=\"10\" fill=\"{colour}\"/>\n");
            Text(svg, Width - Right + 28, top + Top + 10 + (i * 20), lines[i].Name, "start");
        }
    }

    private static double X(double share) => Left + (share * (Width - Left - Right));

    private static double Y(int top, double share) => top + Height - Bottom - (share * (Height - Top - Bottom));

    private static string Number(double value) => value.ToString("0.###", CultureInfo.InvariantCulture);

    private static void Text(StringBuilder svg, double x, double y, string text, string anchor) =>
        svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{x:0.#}\" y=\"{y:0.#}\" text-anchor=\"{anchor}\">{System.Net.WebUtility.HtmlEncode(text)}</text>\n");

    private sealed record Line(string Name, (int X, double Y)[] Points)
    {
        public bool IsFloor => Name.StartsWith("floor", StringComparison.Ordinal);
    }
}
