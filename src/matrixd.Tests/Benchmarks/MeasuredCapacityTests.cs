using System.Text;
using System.Text.Json;
using Matrixd.Benchmarks;
using Matrixd.Config;
using Matrixd.Tests.Support;
using Xunit;

namespace Matrixd.Tests.Benchmarks;

/// <summary><c>max_calls = 0</c> is what was measured on this machine, with room to spare, and a plain guess where nothing usable is there.</summary>
public class MeasuredCapacityTests
{
    private const string File = "/var/lib/matrixd/bench-calls.json";
    private const string Cpu = "processor\t: 0\nmodel name\t: Test 9000\nflags\t\t: fpu\n\nmodel name\t: other\n";

    private static ConfigTestEnvironment Machine(int processors) => new ConfigTestEnvironment { Processors = processors }.With("/proc/cpuinfo", Cpu);

    [Fact]
    public void What_the_bench_stores_is_what_the_daemon_takes()
    {
        BenchReport report = new()
        {
            Machine = "Test 9000",
            CallsPerCore = 1500,
            Steps = [new BenchStep { Calls = 1500, Load = new LoadWindow { Calls = 1500, FramesSent = 10, CpuSeconds = 1 } }],
        };
        string stored = JsonSerializer.Serialize(report, BenchJson.Indented.BenchReport);

        Assert.Equal(2100, Machine(2).With(File, stored).Load(ConfigSamples.Least).Config.Calls.MaxCalls);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("""{"machine":"Test 9000"}""")]
    [InlineData("""{"calls_per_core":1500}""")]
    [InlineData("""{"calls_per_core":1500,"machine":"Another"}""")]
    [InlineData("""{"calls_per_core":1500,"machine":"\ud800"}""")]
    [InlineData("""{"calls_per_core":"1500","machine":"Test 9000"}""")]
    [InlineData("""{"calls_per_core":1500.5,"machine":"Test 9000"}""")]
    [InlineData("""{"calls_per_core":0,"machine":"Test 9000"}""")]
    [InlineData("""{"calls_per_core":-3,"machine":"Test 9000"}""")]
    [InlineData("""{"calls_per_core":999999999,"machine":"Test 9000"}""")]
    [InlineData("""{"calls_per_core":99999999999999,"machine":"Test 9000"}""")]
    public void A_file_that_says_nothing_usable_leaves_the_guess(string text) =>
        Assert.Equal(600, Machine(3).With(File, text).Load(ConfigSamples.Least).Config.Calls.MaxCalls);

    [Fact]
    public void A_file_that_cannot_be_read_leaves_the_guess()
    {
        Assert.Equal(200, Machine(1).With(File, new ConfigFile { Failure = "may not be read" }).Load(ConfigSamples.Least).Config.Calls.MaxCalls);
        Assert.Equal(200, Machine(1).With(File, new ConfigFile { Bytes = Encoding.UTF8.GetBytes(new string(' ', 2_000_000)) }).Load(ConfigSamples.Least).Config.Calls.MaxCalls);
    }

    [Fact]
    public void One_call_is_always_taken() =>
        Assert.Equal(1, Machine(1).With(File, """{"calls_per_core":1,"machine":"Test 9000"}""").Load(ConfigSamples.Least).Config.Calls.MaxCalls);
}
