using Matrixd.Calls;
using Matrixd.Simulation;
using Matrixd.Tests.Support;
using Xunit;
using Xunit.Abstractions;

namespace Matrixd.Tests.EndToEnd;

/// <summary>U22: calls that end at a random moment of mint, dial and setup.</summary>
public class RaceTests(ITestOutputHelper output)
{
    private const int AtOnce = 20;

    [Fact]
    public async Task Calls_that_end_while_the_model_is_being_reached_leave_no_socket_no_live_row_and_no_stray_exception()
    {
        int seed = EndToEndRun.Seed(output);
        int rounds = EndToEndRun.Full ? 50 : 4;
        Random random = new(seed);
        using EndToEndStrays strays = new();
        for (int round = 0; round < rounds; round++)
        {
            await RoundAsync(random, round);
        }

        strays.AssertNone();
    }

    private static async Task RoundAsync(Random random, int round)
    {
        // A fresh house each round, so that its first calls meet the mint.
        FaultSpec[] delays = [FaultSpec.Parse("late@mint:0.08"), FaultSpec.Parse("late@upgrade:0.05"), FaultSpec.Parse("late@setup:0.05")];
        await using House house = await House.BuildAsync(House.Scripted with { Faults = delays });
        List<Task> calls = [];
        for (int i = 0; i < AtOnce; i++)
        {
            calls.Add(CallAsync(house, $"u22-{round}-{i}", TimeSpan.FromMilliseconds(random.Next(250)), random.Next(4)));
        }

        await Task.WhenAll(calls);
        for (int i = 0; i < AtOnce; i++)
        {
            Session row = await house.EndedAsync($"u22-{round}-{i}");
            Assert.Contains(row.EndReason, (CallEndReason[])[CallEndReason.CallerHungUp, CallEndReason.MediaLost, CallEndReason.Aborted]);
        }

        await house.NoModelLeftAsync();
        EndToEndMetrics metrics = await house.MetricsAsync();
        Assert.Equal(AtOnce, metrics["calls_started_total"]);
        Assert.Equal(0, metrics["calls_live"]);
        Assert.Equal(0, metrics["slots_taken"]);
        Assert.DoesNotContain(house.LogLines, line => line.StartsWith("Error", StringComparison.Ordinal));
    }

    private static async Task CallAsync(House house, string callSid, TimeSpan moment, int way)
    {
        EndToEndLine line = await house.LineAsync(callSid);
        await Eventually.TrueAsync(async () => await house.SessionAsync(callSid) is not null, $"{callSid} has its row");
        await Task.Delay(moment); // the moment is what is tried
        switch (way)
        {
            case 0:
                line.HangUp();
                break;
            case 1:
                line.Close();
                break;
            case 2:
                line.Drop();
                break;
            default:
                house.Daemon.Registry.Snapshot().FirstOrDefault(call => call.CallSid.Value == callSid)?.Stop(CallEndReason.Aborted, "by the test");
                break;
        }

        await line.Closed.WaitAsync(TimeSpan.FromSeconds(20));
    }
}
