using System.Globalization;
using System.Text.RegularExpressions;
using Matrixd.Calls;
using Matrixd.Simulation;
using Matrixd.Tests.Support;
using Xunit;
using Xunit.Abstractions;

namespace Matrixd.Tests.EndToEnd;

/// <summary>Calls whose connections are announced away, and calls whose connections are torn, while their callers speak: what it costs them. Counts are asserted, times are printed.</summary>
/// <remarks><c>./build.sh bench rotation</c> runs it with 100 calls and prints the table.</remarks>
public sealed partial class RotationBench(ITestOutputHelper output)
{
    [Fact]
    public async Task Nothing_is_greeted_twice_no_call_is_lost_and_where_it_was_announced_nothing_of_the_caller()
    {
        int count = int.TryParse(Environment.GetEnvironmentVariable("MATRIXD_BENCH_CALLS"), out int asked) ? asked : 12;
        await using House house = await House.BuildAsync(House.Scripted, config => ModelScene.Greets(config) with
        {
            Calls = config.Calls with { MaxCalls = count, RecordingDirectory = "" },
        });
        Caller[] callers = await BeginAsync(house, count);
        using CancellationTokenSource spoken = new();
        Task speaking = SpeakAsync(callers, spoken.Token);
        await SettledAsync(callers, caller => caller.Models[0].Ledger.AudioMessages > 10, "audio before");
        using PeriodicTimer ten = new(TimeSpan.FromMilliseconds(100)); // ten a second: single failures, no outage
        foreach (Caller caller in callers)
        {
            caller.Trouble();
            await ten.WaitForNextTickAsync();
        }

        await Eventually.TrueAsync(() => house.Gemini.Connections.Count(connection => connection.Ready) == 2 * count, "every call has another connection", TimeSpan.FromSeconds(60));
        Attach(house, callers);
        await SettledAsync(callers, caller => caller.Models[1].Ledger.AudioMessages > 10, "audio after");
        await spoken.CancelAsync();
        await speaking;
        await SettledAsync(callers, caller => caller.Lost == 0 || caller.IsTorn, "what was said has arrived");
        await StandsStillAsync(callers);
        foreach (Caller caller in callers)
        {
            caller.Line.HangUp();
        }

        await ReportAsync(house, callers);
    }

    private static async Task<Caller[]> BeginAsync(House house, int count)
    {
        Caller[] callers = new Caller[count];
        for (int i = 0; i < count; i++)
        {
            EndToEndLine line = await house.LineAsync($"bench-{i}");
            GeminiConnection model = await house.ReadyAsync(i);
            await model.Ledger.ReceivedAsync("clientContent");
            callers[i] = new Caller(line, IsTorn: i % 2 == 1);
            callers[i].Models.Add(model);
            model.SendRaw("""{"serverContent":{"turnComplete":true}}""");
        }

        foreach (Caller caller in callers)
        {
            await caller.Models[0].SayAsync(Signals.Noise(24_000, 0.2, seed: 1), "Namaste.");
        }

        return callers;
    }

    private static async Task SpeakAsync(Caller[] callers, CancellationToken spoken)
    {
        short[] quiet = Signals.Noise(8_000, 0.02, seed: 2, amplitude: 40);
        using PeriodicTimer frames = new(TimeSpan.FromMilliseconds(20));
        while (!spoken.IsCancellationRequested)
        {
            foreach (Caller caller in callers)
            {
                caller.Line.Media(quiet);
                caller.Sent++;
            }

            await frames.WaitForNextTickAsync(CancellationToken.None);
        }
    }

    // A new connection belongs to the call whose session it took up.
    private static void Attach(House house, Caller[] callers)
    {
        foreach (GeminiConnection connection in house.Gemini.Connections.Skip(callers.Length).Where(connection => connection.Ready))
        {
            callers.Single(caller => caller.Models[0].Session == connection.Session).Models.Add(connection);
        }
    }

    private static async Task SettledAsync(Caller[] callers, Func<Caller, bool> condition, string what)
    {
        try
        {
            await Eventually.TrueAsync(() => callers.All(condition), what, TimeSpan.FromSeconds(60));
        }
        catch (TimeoutException)
        {
            Assert.Fail($"{what}: {string.Join(' ', callers.Where(caller => !condition(caller)).Select(caller => caller.ToString()))}");
        }
    }

    // What was torn has no known end: until nothing more arrives.
    private static async Task StandsStillAsync(Caller[] callers)
    {
        using PeriodicTimer half = new(TimeSpan.FromMilliseconds(500));
        for (long before = -1; before != callers.Sum(caller => caller.Lost); await half.WaitForNextTickAsync())
        {
            before = callers.Sum(caller => caller.Lost);
        }
    }

    private async Task ReportAsync(House house, Caller[] callers)
    {
        Tell("connection       calls  gap p50 [ms]   p95   max  caller audio lost, most [ms]  greetings repeated  calls lost");
        foreach (bool torn in (bool[])[false, true])
        {
            Caller[] group = [.. callers.Where(caller => caller.IsTorn == torn)];
            List<double> gaps = [];
            int lost = 0;
            foreach (Caller caller in group)
            {
                Session row = await house.EndedAsync(caller.Line.Call.CallSid);
                lost += row.EndReason == CallEndReason.CallerHungUp ? 0 : 1;
                ModelEventRecord back = Assert.Single(
                    await house.ReadAsync((_, log) => log.ModelEventsAsync(row.CallSid)), happened => happened.Kind is ModelEventKind.Rotated or ModelEventKind.Resumed);
                Assert.Equal(torn ? ModelEventKind.Resumed : ModelEventKind.Rotated, back.Kind);
                gaps.Add(double.Parse(Gap().Match(back.Detail).Groups["ms"].Value, CultureInfo.InvariantCulture));
            }

            int greetings = group.Sum(caller => caller.Models.Sum(model => model.Ledger.Received.Count(received => received.Kind == "clientContent")));
            gaps.Sort();
            Tell(string.Create(
                CultureInfo.InvariantCulture,
                $"{(torn ? "reset" : "goAway"),-15} {group.Length,6} {At(gaps, 0.5),13:0} {At(gaps, 0.95),5:0} {gaps[^1],5:0} {group.Max(caller => caller.Lost) * 20,29} {greetings - group.Length,19} {lost,11}"));
            Assert.Equal((group.Length, 0), (greetings, lost));
        }

        await house.NoModelLeftAsync();
    }

    private void Tell(string line)
    {
        output.WriteLine(line);
        Console.WriteLine(line);
    }

    private static double At(List<double> sorted, double share) => sorted[Math.Min(sorted.Count - 1, (int)(share * sorted.Count))];

    [GeneratedRegex(@"^after (?<ms>\d+) ms")]
    private static partial Regex Gap();

    /// <param name="IsTorn">Its connection is reset; else announced away.</param>
    private sealed record Caller(EndToEndLine Line, bool IsTorn)
    {
        public List<GeminiConnection> Models { get; } = [];

        public long Sent { get; set; }

        /// <summary>Frames that no connection has heard.</summary>
        public long Lost => Sent - Models.Sum(model => model.Ledger.AudioMessages);

        public override string ToString() => $"{Line.Call.CallSid}: {Sent} said, {string.Join(" + ", Models.Select(model => model.Ledger.AudioMessages))} heard;";

        public void Trouble()
        {
            if (IsTorn)
            {
                Models[0].Drop();
            }
            else
            {
                Models[0].SendGoAway(TimeSpan.FromSeconds(50));
            }
        }
    }
}
