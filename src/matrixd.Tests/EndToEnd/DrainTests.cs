using System.Net;
using Matrixd.Calls;
using Matrixd.Config;
using Matrixd.Hosting;
using Matrixd.Simulation;
using Matrixd.Tests.Support;
using Matrixd.Transport;
using Xunit;

namespace Matrixd.Tests.EndToEnd;

/// <summary>The daemon told to stop with calls on it: C1, C2, C3.</summary>
public class DrainTests
{
    // C1
    [Fact]
    public async Task At_the_first_SIGTERM_calls_go_on_and_new_ones_get_503_until_the_last_has_ended()
    {
        const int Calls = 20;
        await using House house = await House.BuildAsync(House.Scripted);
        List<EndToEndLine> lines = [];
        for (int i = 0; i < Calls; i++)
        {
            lines.Add(await house.LineAsync($"c1-{i}"));
            await house.ReadyAsync(i);
        }

        using SignalDoor signals = new();
        Task life = Life(house, signals).RunAsync();
        signals.Ask(DaemonRequest.Drain);
        await Eventually.TrueAsync(() => house.Daemon.Registry.IsDraining, "draining");

        Assert.Equal(503, (await Assert.ThrowsAsync<DialException>(() => house.DialAsync(new EndToEndCall("c1-new")))).Status);
        using HttpClient http = house.Http();
        using HttpRequestMessage dynamic = new(HttpMethod.Get, "/voicebot?CallSid=c1-new");
        dynamic.Headers.Authorization = House.BasicHeader;
        using HttpResponseMessage refused = await http.SendAsync(dynamic);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        Assert.NotNull(refused.Headers.RetryAfter);
        using HttpResponseMessage health = await http.GetAsync("/healthz");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, health.StatusCode);
        Assert.Contains("draining", await health.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(Calls, (await house.MetricsAsync())["calls_live"]);
        short[] speech = Signals.Noise(8000, 0.4, seed: 26);
        short[] turn = Signals.Noise(24_000, 0.2, seed: 27);
        for (int i = 0; i < Calls; i++)
        {
            GeminiConnection connection = house.Gemini.Connections[i];
            _ = connection.SayAsync(turn);
            lines[i].Speak(speech);
        }

        foreach (EndToEndLine line in lines)
        {
            await line.TurnsAsync(turn);
            Assert.False(life.IsCompleted);
            line.HangUp();
        }

        await life.WaitAsync(TimeSpan.FromSeconds(20));
        for (int i = 0; i < Calls; i++)
        {
            Assert.Equal(CallEndReason.CallerHungUp, (await house.EndedAsync($"c1-{i}")).EndReason);
            Assert.InRange(house.Gemini.Connections[i].Ledger.AudioMessages, 19, 20);
        }

        Assert.Contains(house.LogLines, text => text.Contains("drained: the last call has ended", StringComparison.Ordinal));
    }

    // C2
    [Fact]
    public async Task When_the_drain_timeout_is_over_what_is_left_is_closed_with_1001()
    {
        await using House house = await House.BuildAsync(House.Scripted, config => config with { Server = config.Server with { DrainTimeout = TimeSpan.FromSeconds(1) } });
        EndToEndLine line = await house.LineAsync("c2");
        await house.ReadyAsync();
        using SignalDoor signals = new();
        Task life = Life(house, signals).RunAsync();

        signals.Ask(DaemonRequest.Drain);

        Assert.Equal(CloseCodes.GoingAway, (await line.Closed.WaitAsync(TimeSpan.FromSeconds(20))).Code);
        await life.WaitAsync(TimeSpan.FromSeconds(20));
        Assert.Equal(CallEndReason.Drained, (await house.EndedAsync("c2")).EndReason);
        await house.NoModelLeftAsync();
    }

    // C3
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_second_SIGTERM_or_a_SIGINT_ends_every_call_at_once_and_in_order(bool drainsFirst)
    {
        await using House house = await House.BuildAsync(House.Scripted);
        List<EndToEndLine> lines = [];
        for (int i = 0; i < 5; i++)
        {
            lines.Add(await house.LineAsync($"c3-{i}"));
            await house.ReadyAsync(i);
        }

        EndToEndLine idle = await house.DialAsync(new EndToEndCall("c3-idle"));
        using SignalDoor signals = new();
        Task life = Life(house, signals).RunAsync();

        if (drainsFirst)
        {
            signals.Ask(DaemonRequest.Drain);
            await Eventually.TrueAsync(() => house.Daemon.Registry.IsDraining, "draining");
        }

        signals.Ask(drainsFirst ? DaemonRequest.Drain : DaemonRequest.Stop);

        foreach (EndToEndLine line in lines)
        {
            Assert.Equal(CloseCodes.GoingAway, (await line.Closed.WaitAsync(TimeSpan.FromSeconds(20))).Code);
        }

        await life.WaitAsync(TimeSpan.FromSeconds(20));
        for (int i = 0; i < 5; i++)
        {
            Assert.Equal(CallEndReason.Aborted, (await house.EndedAsync($"c3-{i}")).EndReason);
        }

        await house.NoModelLeftAsync();
        idle.Drop();
    }

    [Fact]
    public async Task A_stream_that_starts_after_everything_was_ended_is_not_begun()
    {
        await using House house = await House.BuildAsync(House.Scripted);
        EndToEndLine line = await house.DialAsync(new EndToEndCall("c3-late"));
        using SignalDoor signals = new();
        Task life = Life(house, signals).RunAsync();
        signals.Ask(DaemonRequest.Stop);
        await Eventually.TrueAsync(() => house.Daemon.Registry.IsDraining, "the daemon ends");
        house.Daemon.Registry.StopAll(CallEndReason.Aborted, "by the test");

        line.Start();

        WebSocketClose close = await line.Closed.WaitAsync(TimeSpan.FromSeconds(20));
        Assert.Equal((CloseCodes.PolicyViolation, "the daemon is stopping"), (close.Code, close.Reason));
        await life.WaitAsync(TimeSpan.FromSeconds(20));
        Assert.Empty(house.Gemini.Connections);
        Assert.Null(await house.SessionAsync("c3-late"));
    }

    private static DaemonLife Life(House house, SignalDoor signals) =>
        new(house.Daemon, signals, Path.Combine(house.Directory, "none.toml"), new LoadedConfig(house.Config, [], []), house.Loggers);
}
