using System.Xml.Linq;
using Matrixd.Benchmarks;
using Xunit;

namespace Matrixd.Tests.Benchmarks;

public class BenchPlotTests
{
    private static readonly XNamespace s_svg = "http://www.w3.org/2000/svg";

    private static BenchStep Step(int calls, double cpu) => new()
    {
        Calls = calls,
        Load = new LoadWindow { Calls = calls, FramesSent = calls * 500, CpuSeconds = cpu, LoadCpuSeconds = cpu / 2, Uplink = new LatencyFigures { P99Ms = calls / 100.0 } },
    };

    [Fact]
    public void It_is_a_picture_with_a_line_for_each_thing_and_stays_on_its_paper()
    {
        BenchReport report = new() { Machine = "<A & B>", Steps = [Step(100, 1), Step(400, 4), Step(900, 50)], Floor = [Step(100, 0.5), Step(400, 2)] };

        XElement svg = XDocument.Parse(BenchPlot.Render(report)).Root!;

        XElement[] lines = [.. svg.Elements(s_svg + "polyline")];
        Assert.Equal(7, lines.Length);
        Assert.Equal(3, lines[0].Attribute("points")!.Value.Split(' ').Length);
        Assert.All(lines.SelectMany(line => line.Attribute("points")!.Value.Split(' ')), point =>
        {
            double[] at = [.. point.Split(',').Select(double.Parse)];
            Assert.InRange(at[0], 0, 900);
            Assert.InRange(at[1], 0, 720);
        });
        Assert.Contains(svg.Elements(s_svg + "text"), text => text.Value.Contains("<A & B>", StringComparison.Ordinal));
    }

    [Fact]
    public void A_floor_that_breaks_stands_at_the_top_and_leaves_the_scale_to_the_daemon()
    {
        BenchReport report = new() { Steps = [Step(100, 1), Step(1000, 9)], Floor = [Step(100, 1), Step(160_000, 1)] };

        XElement svg = XDocument.Parse(BenchPlot.Render(report)).Root!;

        string[] floor = svg.Elements(s_svg + "polyline").Last().Attribute("points")!.Value.Split(' ');
        Assert.EndsWith(",400", floor[1], StringComparison.Ordinal); // 1,600 ms, in a chart that begins 40 below 360
        Assert.Contains(svg.Elements(s_svg + "text"), text => text.Value == "50"); // [ms]
        Assert.DoesNotContain(svg.Elements(s_svg + "text"), text => text.Value == "2000");
    }

    [Fact]
    public void Nothing_measured_is_an_empty_chart() =>
        Assert.Empty(XDocument.Parse(BenchPlot.Render(new BenchReport())).Root!.Elements(s_svg + "polyline"));

    [Theory]
    [InlineData(0, 1)]
    [InlineData(-1, 1)]
    [InlineData(double.NaN, 1)]
    [InlineData(0.3, 0.5)]
    [InlineData(1, 1)]
    [InlineData(1.01, 2)]
    [InlineData(4000, 5000)]
    [InlineData(5001, 10_000)]
    public void An_axis_ends_at_a_round_number(double most, double end) => Assert.Equal(end, BenchPlot.RoundUp(most), 9);
}
