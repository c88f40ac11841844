using System.Net.Sockets;
using Matrixd.Audio;
using Matrixd.Calls;
using Matrixd.Simulation;
using Matrixd.Tests.Support;
using Matrixd.Transport;
using Xunit;

namespace Matrixd.Tests.EndToEnd;

/// <summary>Exotel that hangs up, goes silent, retries or replays: D1 to D4, D10.</summary>
public class CarrierFaultTests
{
    // D1
    [Theory]
    [InlineData("stop and FIN", "caller_hung_up")]
    [InlineData("stop and close frame", "caller_hung_up")]
    [InlineData("close frame", "caller_hung_up")]
    [InlineData("FIN", "media_lost")]
    [InlineData("RST", "media_lost")]
    public async Task However_the_carrier_goes_row_recording_and_model_are_finished(string way, string reason)
    {
        await using House house = await House.BuildAsync(House.Scripted);
        EndToEndCall call = new("d1");
        string basic = Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes($"{House.BasicUser}:{House.BasicPassword}"));
        using RawWebSocket raw = await RawWebSocket.OpenAsync(house.HttpBase.Port, "/exotel", $"Authorization: Basic {basic}\r\n");
        await raw.SendAsync(RawWebSocket.Text(EndToEndFrames.Start(call)));
        await raw.SendAsync(RawWebSocket.Text(EndToEndFrames.Media(call, 1, 0, Signals.Noise(8000, 0.02, seed: 12))));
        GeminiConnection connection = await house.ReadyAsync();
        await connection.Ledger.WaitAsync(() => connection.Ledger.Received.Count >= 1, "the setup");
        await house.MetricAsync("caller_frames_total", 1);

        if (way.StartsWith("stop", StringComparison.Ordinal))
        {
            await raw.SendAsync(RawWebSocket.Text(EndToEndFrames.Stop(call)));
        }

        if (way.EndsWith("close frame", StringComparison.Ordinal))
        {
            await raw.SendAsync(RawWebSocket.Close(1000));
            await raw.HearAllAsync();
        }
        else if (way == "RST")
        {
            raw.Socket.LingerState = new LingerOption(true, 0);
        }
        else
        {
            raw.Socket.Shutdown(SocketShutdown.Send);
            await raw.HearAllAsync();
        }

        raw.Dispose();
        Session row = await house.EndedAsync("d1");
        Assert.Equal(reason, row.EndReason.Word());
        await house.NoModelLeftAsync();
        await Eventually.TrueAsync(() => File.Exists(row.RecordingPath), "the recording has its name");
        Assert.Equal(2, WavFile.Read(row.RecordingPath).Channels);
        await house.MetricAsync("slots_taken", 0);
    }

    // D2
    [Fact]
    public async Task A_stream_whose_media_stops_is_ended_although_its_socket_lives()
    {
        await using House house = await House.BuildAsync(House.Scripted, config => config with { Calls = config.Calls with { MediaIdle = TimeSpan.FromSeconds(1) } });
        EndToEndLine line = await house.LineAsync("d2");
        line.Speak(Signals.Speech(8000, 0.2));

        Assert.Equal(CloseCodes.Normal, (await line.Closed).Code);

        Session row = await house.EndedAsync("d2");
        Assert.Equal(CallEndReason.MediaLost, row.EndReason);
        Assert.Contains("no media", row.EndDetail, StringComparison.Ordinal);
        await house.NoModelLeftAsync();
    }

    // D3
    [Fact]
    public async Task The_carriers_retry_wins_over_a_first_socket_that_is_dead()
    {
        await using House house = await House.BuildAsync(House.Scripted);
        EndToEndLine first = await house.LineAsync("d3-dead");
        await house.ReadyAsync(0);

        EndToEndLine second = await house.LineAsync("d3-dead");
        GeminiConnection connection = await house.ReadyAsync(1);

        await first.Closed;
        second.Speak(Signals.Speech(8000, 0.2));
        await connection.Ledger.WaitAsync(() => connection.Ledger.AudioMessages >= 9, "audio of the second socket");
        Session live = (await house.SessionAsync("d3-dead"))!;
        Assert.Equal((SessionState.Live, second.Call.StreamSid), (live.State, live.StreamSid));
        second.HangUp();
        Session row = await house.EndedAsync("d3-dead");
        Assert.Equal(CallEndReason.CallerHungUp, row.EndReason);
        Assert.Single(await house.ReadAsync((sessions, _) => sessions.ListAsync(new SessionFilter())));
        await house.NoModelLeftAsync();
    }

    // D3, D4
    [Fact]
    public async Task A_second_socket_of_a_call_that_is_alive_gets_1008_and_disturbs_nothing()
    {
        await using House house = await House.BuildAsync();
        CallerOptions options = house.Caller("d3-alive", Signals.Speech(8000, 1)) with { Linger = TimeSpan.FromMinutes(1) };
        ExotelCaller first = await house.CallAsync(options);
        await house.ReadyAsync(0);
        await Eventually.TrueAsync(async () => (await house.MetricsAsync())["caller_frames_total"] > 10, "media flows");

        EndToEndLine second = await house.LineAsync("d3-alive");

        Assert.Equal(CloseCodes.PolicyViolation, (await second.Closed).Code);
        Session live = (await house.SessionAsync("d3-alive"))!;
        Assert.Equal((SessionState.Live, options.StreamSid), (live.State, live.StreamSid));
        Assert.Equal(1, (await house.MetricsAsync())["exotel_closed_total"]);
        Assert.Single(house.Gemini.Connections);
        first.SendStop();
        Assert.Equal(CallEndReason.CallerHungUp, (await house.EndedAsync("d3-alive")).EndReason);
    }

    // D4
    [Fact]
    public async Task A_stream_sid_is_taken_once_and_its_replay_leaves_the_row_as_it_was()
    {
        await using House house = await House.BuildAsync(House.Scripted);
        EndToEndCall call = new("d4");
        EndToEndLine line = await house.LineAsync(call);
        await house.ReadyAsync();
        line.HangUp();
        Session before = await house.EndedAsync("d4");
        await house.MetricAsync("slots_taken", 0);

        EndToEndLine replay = await house.LineAsync(call);
        EndToEndLine stranger = await house.LineAsync(call with { CallSid = "d4-other" });

        Assert.Equal(CloseCodes.PolicyViolation, (await replay.Closed).Code);
        Assert.Equal(CloseCodes.PolicyViolation, (await stranger.Closed).Code);
        await house.MetricAsync("slots_taken", 0);
        Assert.Equal(before, await house.SessionAsync("d4"));
        Assert.Null(await house.SessionAsync("d4-other"));
        await house.NoModelLeftAsync();
    }

    // D4
    [Fact]
    public async Task An_ended_call_that_comes_back_on_a_new_stream_is_adopted_and_recorded_beside_the_first()
    {
        await using House house = await House.BuildAsync(House.Scripted);
        EndToEndLine first = await house.LineAsync("d4-back");
        await house.ReadyAsync(0);
        first.Speak(Signals.Speech(8000, 0.2));
        first.HangUp();
        Session one = await house.EndedAsync("d4-back");

        EndToEndLine second = await house.LineAsync("d4-back");
        await house.ReadyAsync(1);
        Session live = (await house.SessionAsync("d4-back"))!;
        second.Speak(Signals.Speech(8000, 0.2));
        second.HangUp();
        Session two = await house.EndedAsync("d4-back");

        Assert.Equal((SessionState.Live, second.Call.StreamSid), (live.State, live.StreamSid));
        Assert.Equal(one.StartedAt, two.StartedAt);
        Assert.NotEqual(one.RecordingPath, two.RecordingPath);
        await Eventually.TrueAsync(() => File.Exists(one.RecordingPath) && File.Exists(two.RecordingPath), "both recordings");
    }

    // D10
    [Fact]
    public async Task Marks_that_never_come_back_come_late_or_were_never_sent_hold_nothing_up()
    {
        await using House house = await House.BuildAsync(House.Scripted);
        EndToEndLine line = await house.LineAsync("d10");
        GeminiConnection connection = await house.ReadyAsync();
        short[] first = Signals.Noise(24_000, 0.3, seed: 13);
        short[] second = Signals.Noise(24_000, 0.3, seed: 14);

        _ = connection.SayAsync(first, "Good morning.");
        await line.TurnsAsync(first); // its mark is not echoed
        line.Mark("m999");
        line.Mark("somebody-elses");
        line.Mark("");
        line.Mark("m-1");
        _ = connection.SayAsync(second, "How can I help?");
        await line.TurnsAsync(first, second);
        line.Mark(line.Events.First(e => e.Kind == "mark").Name);
        EndToEndSound.AssertHeard(line.Events, 8000, first, second);
        await Eventually.TrueAsync(
            async () => (await house.ReadAsync((_, log) => log.TurnsAsync(CallSid.Parse("d10")))).Count == 2, "both turns are written down while the call lives");

        line.HangUp();
        Assert.Equal(CallEndReason.CallerHungUp, (await house.EndedAsync("d10")).EndReason);
        IReadOnlyList<TurnRecord> turns = await house.ReadAsync((_, log) => log.TurnsAsync(CallSid.Parse("d10")));
        Assert.Equal(["Good morning.", "How can I help?"], turns.Select(t => t.Heard));
        Assert.All(turns, turn => Assert.False(turn.Interrupted));
    }
}
