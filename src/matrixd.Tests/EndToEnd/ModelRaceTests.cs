using Matrixd.Calls;
using Matrixd.Simulation;
using Matrixd.Tests.Support;
using Xunit;
using Xunit.Abstractions;

namespace Matrixd.Tests.EndToEnd;

/// <summary>U22: calls that end at a random moment of a rotation or a resumption.</summary>
public sealed class ModelRaceTests(ITestOutputHelper output)
{
    private const int AtOnce = 20;

    [Fact]
    public async Task Calls_that_end_on_the_way_to_another_connection_leave_no_socket_no_live_row_and_no_stray_exception()
    {
        int seed = EndToEndRun.Seed(output);
        int rounds = EndToEndRun.Full ? 50 : 3;
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
        await using House house = await House.BuildAsync(House.Scripted with { Faults = [FaultSpec.Parse("late@setup:0.03")] });
        List<(EndToEndLine Line, GeminiConnection Model)> begun = [];
        for (int i = 0; i < AtOnce; i++)
        {
            string callSid = $"u22-{round}-{i}";
            EndToEndLine line = await house.LineAsync(callSid);
            GeminiConnection model = await house.ReadyAsync(i); // one after the other, so that whose it is is known
            await Eventually.TrueAsync(() => house.Daemon.Registry.Snapshot().First(call => call.CallSid.Value == callSid).Events.IsReady, "the model is ready to the call");
            begun.Add((line, model));
        }

        await Task.WhenAll([.. begun.Select(call => CallAsync(call.Line, call.Model, random.Next(5), TimeSpan.FromMilliseconds(random.Next(90)), random.Next(3)))]);
        for (int i = 0; i < AtOnce; i++)
        {
            Session row = await house.EndedAsync($"u22-{round}-{i}");
            Assert.Contains(row.EndReason, (CallEndReason[])[CallEndReason.CallerHungUp, CallEndReason.MediaLost]);
        }

        await house.NoModelLeftAsync();
        Assert.Equal(0, (await house.MetricsAsync())["slots_taken"]);
        Assert.DoesNotContain(house.LogLines, line => line.StartsWith("Error", StringComparison.Ordinal));
    }

    private static async Task CallAsync(EndToEndLine line, GeminiConnection model, int trouble, TimeSpan moment, int way)
    {
        switch (trouble)
        {
            case 0:
                model.SendGoAway(TimeSpan.FromSeconds(50));
                break;
            case 1:
                model.SendGoAway(TimeSpan.Zero);
                break;
            case 2:
                model.Drop();
                break;
            case 3:
                model.Close(1011, "Internal error encountered.");
                break;
            default:
                model.SendRaw("""{"sessionResumptionUpdate":{"resumable":false}}"""); // a new session, and the store is read for it
                model.Close(1001, "");
                break;
        }

        await Task.Delay(moment); // the moment is what is tried
        Action end = way switch
        {
            0 => line.HangUp,
            1 => line.Drop,
            _ => () => line.Close(),
        };
        end();
        await line.Closed.WaitAsync(TimeSpan.FromSeconds(20));
    }
}
