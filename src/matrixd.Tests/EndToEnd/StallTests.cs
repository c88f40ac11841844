using Matrixd.Calls;
using Matrixd.Config;
using Matrixd.Simulation;
using Matrixd.Tests.Support;
using Xunit;

namespace Matrixd.Tests.EndToEnd;

/// <summary>A Gemini that falls silent on a connection that stands, over real sockets. U3.</summary>
public sealed class StallTests
{
    private const string Nudge = "Go on.";
    private static readonly short[] s_voice = Signals.Tone(440, 24_000, 1);

    // A session is struck once: the one that is resumed can go on.
    [Theory]
    [InlineData("ignore@audio", "stalled", 1)]
    [InlineData("empty@audio", "empty_turn", 1)]
    [InlineData("reject@audio", "rejected", 1)]
    [InlineData("halt@turn:0.05", "stalled", 1)]
    [InlineData("silence@audio", "silent", 2)]
    [InlineData("faint@audio", "faint", 2)]
    [InlineData("stall@audio", "stalled", 2)]
    public async Task A_stalled_model_is_brought_back_and_the_caller_hears_it(string fault, string kind, int connections)
    {
        await using House house = await House.BuildAsync(
            new GeminiSimulatorOptions { Voice = GeminiVoice.File, VoicePcm = s_voice, SpeedFactor = 4, Faults = [FaultSpec.Parse(fault)] },
            config => Watched(config, noAnswer: kind == "stalled" ? 1.5 : 20)); // the one must not overtake the other

        ExotelCaller caller = await house.CallAsync(house.Caller("stall", Signals.Speech(8000, 2)) with { Linger = TimeSpan.FromMinutes(1) });
        await house.ReadyAsync();
        await Eventually.TrueAsync(async () => Kinds(await EventsAsync(house)).Contains("nudged"), "the model is asked to go on", TimeSpan.FromSeconds(30));
        GeminiConnection connection = await house.ReadyAsync(connections - 1);
        await connection.Ledger.ReceivedAsync("realtime_input.text", limit: TimeSpan.FromSeconds(30));
        await caller.WaitAsync(_ => caller.Heard.Any(sample => Math.Abs(sample) > 4000), "the model's voice", TimeSpan.FromSeconds(30));
        caller.SendStop();

        Assert.Equal(CallEndReason.CallerHungUp, (await house.EndedAsync("stall")).EndReason);
        List<string> kinds = Kinds(await EventsAsync(house));
        Assert.Equal(kind, kinds[0]);
        Assert.Equal("nudged", kinds[1]);
        Assert.DoesNotContain("gave_up", kinds);
        Assert.Contains(Nudge, connection.Ledger.Received.First(message => message.Kind == "realtime_input.text").Text, StringComparison.Ordinal);
        Assert.Equal(1, (await house.MetricsAsync())[$"model_events_total{{kind=\"{kind}\"}}"]);
        if (connections == 2)
        {
            Assert.Contains("resumed", kinds);
            Assert.NotNull(connection.Setup!.Handle);
        }
    }

    [Fact]
    public async Task A_model_that_nothing_brings_back_is_given_up_with_a_reason()
    {
        await using House house = await House.BuildAsync(House.Scripted, config => Watched(config, noAnswer: 1.5));

        ExotelCaller caller = await house.CallAsync(house.Caller("gone", Signals.Speech(8000, 2)) with { Linger = TimeSpan.FromMinutes(2) });
        Session row = await house.EndedAsync("gone");
        await caller.Completion.WaitAsync(TimeSpan.FromSeconds(20));

        Assert.Equal(CallEndReason.ModelLost, row.EndReason);
        Assert.Contains("no answer", row.EndDetail, StringComparison.Ordinal);
        Assert.Equal(
            ["stalled", "nudged", "given_up", "resumed", "given_up", "fresh_session", "gave_up"], Kinds(await EventsAsync(house)));
        Assert.Equal([false, true, false], house.Gemini.Connections.Select(connection => connection.Setup!.Handle is not null));
        await house.NoModelLeftAsync();
    }

    private static DaemonConfig Watched(DaemonConfig config, double noAnswer) => config with
    {
        Calls = config.Calls with
        {
            Stalls = new StallOptions
            {
                NoAnswer = TimeSpan.FromSeconds(noAnswer), SilentAudio = TimeSpan.FromMilliseconds(700), BrokenTurn = TimeSpan.FromSeconds(1.5), Step = TimeSpan.FromSeconds(3), Nudge = Nudge,
            },
        },
    };

    private static Task<IReadOnlyList<ModelEventRecord>> EventsAsync(House house) =>
        house.ReadAsync(async (sessions, log) => (await sessions.ListAsync(new SessionFilter())) is [var row, ..] ? await log.ModelEventsAsync(row.CallSid) : []);

    private static List<string> Kinds(IReadOnlyList<ModelEventRecord> events) => [.. events.Select(happened => happened.Kind.Word())];
}
