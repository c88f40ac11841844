using Matrixd.Benchmarks;
using Matrixd.Simulation;
using Xunit;

namespace Matrixd.Tests.Benchmarks;

public class BenchPlanTests
{
    [Fact]
    public void Steps_go_up_to_the_most_and_no_further()
    {
        Assert.Equal([50, 100, 200, 250], BenchPlan.Parse(["--max", "250"]).Steps);
        Assert.Equal([10, 20], BenchPlan.Parse(["--at", "10,20,30", "--max", "20"]).Steps);
        Assert.Equal([5], BenchPlan.Parse(["--at=5", "--max=5"]).Steps);
    }

    [Fact]
    public void Numbers_named_alone_are_measured_alone() => Assert.Equal([10, 20, 30], BenchPlan.Parse(["--at", "10,20,30"]).Steps);

    [Theory]
    [InlineData("--at", "10,5")]
    [InlineData("--at", "10,10")]
    [InlineData("--at", "")]
    [InlineData("--at", "a")]
    [InlineData("--at", "0")]
    [InlineData("--seconds", "1")]
    [InlineData("--max", "0")]
    [InlineData("--max", "20001")]
    [InlineData("--nonsense", "1")]
    public void What_makes_no_sense_is_refused_by_name(string flag, string value) =>
        Assert.Contains(flag, Assert.Throws<CommandUsageException>(() => BenchPlan.Parse([flag, value])).Message, StringComparison.Ordinal);
}
