using System.Text.Json;
using Matrixd.Simulation;
using Matrixd.Tests.Support;
using Matrixd.Timing;
using Matrixd.Transport;
using Xunit;

namespace Matrixd.Tests.Simulation;

/// <summary>The simulated Exotel line over real sockets, on a clock that stands still. D1, D10.</summary>
public sealed class ExotelCallerTests
{
    private const string Stream = "6f048d2e897a0d2d4029560f3f541947";

    private readonly VirtualTime _clock = new();
    private readonly TimerWheel _wheel;

    public ExotelCallerTests() => _wheel = new TimerWheel(_clock);

    [Fact]
    public async Task It_dials_and_speaks_as_Exotel_does()
    {
        await using SimulationExotelServer server = await SimulationExotelServer.StartAsync(_wheel);
        short[] pcm = [.. Enumerable.Range(0, 400).Select(i => (short)i)]; // two frames and a half
        ExotelCaller caller = await ExotelCaller.StartAsync(Options(new Uri(server.Url + "?k=v&empty"), new CallerAudio(pcm, 8000, 20)) with { Basic = "u:p", Linger = TimeSpan.FromMilliseconds(20) }, _wheel);
        await server.WaitAsync(r => r.Count == 2, "connected and start");
        for (int i = 0; i < 5; i++)
        {
            Move(20);
        }

        await server.WaitAsync(r => r.Count == 7, "four frames and stop");
        Move(20);
        CallerReport report = await caller.Completion.WaitAsync(Watcher.DefaultLimit);
        Assert.Equal("Go-http-client/1.1", server.Headers[0].UserAgent.ToString());
        Assert.Equal("Basic dTpw", server.Headers[0].Authorization.ToString());
        Assert.Equal(0, server.Headers[0].Origin.Count);
        Assert.Equal("/exotel", server.Targets[0]); // the query is taken off
        Assert.Equal("""{"event":"connected"}""", server.Received[0]);
        Assert.Equal(
            """{"event":"start","sequence_number":"1","stream_sid":"6f048d2e897a0d2d4029560f3f541947","start":{"stream_sid":"6f048d2e897a0d2d4029560f3f541947","call_sid":"call-1","account_sid":"simulated1","from":"09441233609","to":"08040000000","custom_parameters":{"k":"v","empty":""},"media_format":{"encoding":"base64","sample_rate":"8000","bit_rate":"128kbps"}}}""",
            server.Received[1]);
        Assert.Equal(pcm.Concat(new short[80 + 160]), server.Received.Skip(2).Take(4).SelectMany(Payload));
        Assert.StartsWith("""{"event":"media","sequence_number":"3","stream_sid":"6f048d2e897a0d2d4029560f3f541947","media":{"chunk":"2","timestamp":"20","payload":""", server.Received[3], StringComparison.Ordinal);
        Assert.Equal("""{"event":"stop","sequence_number":"6","stream_sid":"6f048d2e897a0d2d4029560f3f541947","stop":{"call_sid":"call-1","account_sid":"simulated1","reason":"callended"}}""", server.Received[6]);
        Assert.Equal((4, 0, "local", 1), (report.FramesSent, report.FramesLate, report.CloseCause, report.Attempts));
    }

    [Fact]
    public async Task A_late_tick_is_made_up_and_nothing_drifts()
    {
        await using SimulationExotelServer server = await SimulationExotelServer.StartAsync(_wheel);
        ExotelCaller caller = await ExotelCaller.StartAsync(Options(server.Url, new CallerAudio(new short[8000], 8000, 20)), _wheel);
        await server.WaitAsync(r => r.Count == 2, "connected and start");
        Move(107);
        await server.WaitAsync(r => r.Count == 2 + 5, "five frames at once");
        Move(12);
        Assert.Equal(7, server.Received.Count);
        Move(6);
        await server.WaitAsync(r => r.Count == 2 + 6, "the sixth at 120 ms");
        caller.Drop();
        Assert.Equal(4, (await caller.Completion.WaitAsync(Watcher.DefaultLimit)).FramesLate); // 87, 67, 47 and 27 ms: more than a frame
    }

    [Fact]
    public async Task A_failed_handshake_is_tried_once_more()
    {
        await using SimulationExotelServer server = await SimulationExotelServer.StartAsync(_wheel, 503);
        ExotelCaller caller = await ExotelCaller.StartAsync(Options(server.Url), _wheel);
        caller.Drop();
        Assert.Equal(2, (await caller.Completion.WaitAsync(Watcher.DefaultLimit)).Attempts);

        await using SimulationExotelServer closed = await SimulationExotelServer.StartAsync(_wheel, 503, 401, 200);
        DialException refused = await Assert.ThrowsAsync<DialException>(() => ExotelCaller.StartAsync(Options(closed.Url), _wheel));
        Assert.Equal(401, refused.Status);
        Assert.Equal(2, closed.Targets.Count);
    }

    [Fact]
    public async Task A_mark_comes_back_when_the_audio_before_it_has_been_played()
    {
        await using SimulationExotelServer server = await SimulationExotelServer.StartAsync(_wheel);
        ExotelCaller caller = await ScriptedAsync(server);
        server.SendMedia(Stream, new byte[3200]); // 200 ms
        server.SendMedia(Stream, new byte[6400]); // 400 ms
        server.Send(Mark("end"));
        server.Send(Mark("again"));
        await caller.WaitAsync(e => e.Count == 4, "what was sent");
        Move(595);
        server.Send(Mark("late")); // joins the queue behind the same audio
        await caller.WaitAsync(e => e.Count == 5, "the third mark");
        Assert.DoesNotContain(server.Received, r => r.Contains("mark", StringComparison.Ordinal));
        Move(10);
        await server.WaitAsync(r => r.Count(m => m.Contains("\"mark\"", StringComparison.Ordinal)) == 3, "three marks");
        Assert.Equal(["end", "again", "late"], server.Received.Where(r => r.Contains("\"mark\"", StringComparison.Ordinal)).Select(Name));
        server.Send(Mark("idle"));
        await caller.WaitAsync(e => e.Count == 6, "a mark on a silent line");
        Move(10);
        await server.WaitAsync(r => r.Any(m => m.Contains("idle", StringComparison.Ordinal)), "its echo");
        caller.Drop();
    }

    [Fact]
    public async Task A_clear_silences_the_line_and_its_marks()
    {
        await using SimulationExotelServer server = await SimulationExotelServer.StartAsync(_wheel);
        ExotelCaller caller = await ScriptedAsync(server);
        server.SendMedia(Stream, [.. Enumerable.Repeat((byte)1, 16000)]);
        server.Send(Mark("never"));
        await caller.WaitAsync(e => e.Count == 2, "audio and mark");
        Move(250);
        server.Send($$"""{"event":"clear","stream_sid":"{{Stream}}"}""");
        await caller.WaitAsync(e => e.Count == 3, "clear");
        Move(2000);
        Assert.Equal(2250 * 8, caller.Heard.Length);
        Assert.All(caller.Heard[..2000], s => Assert.Equal(0x0101, s));
        Assert.All(caller.Heard[2000..], s => Assert.Equal(0, s));
        caller.SendStop();
        Move(20);
        CallerReport report = await caller.Completion.WaitAsync(Watcher.DefaultLimit);
        Assert.Equal((1, 1, 1, 0, 250d), (report.Chunks, report.Clears, report.Marks, report.Violations, report.HeardMs));
        Assert.DoesNotContain(server.Received, r => r.Contains("never", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Every_broken_rule_is_counted()
    {
        await using SimulationExotelServer server = await SimulationExotelServer.StartAsync(_wheel);
        ExotelCaller caller = await ExotelCaller.StartAsync(Options(server.Url) with { Scripted = true }, _wheel);
        server.SendMedia(Stream, new byte[3200]);
        await caller.WaitAsync(e => e.Count == 1, "audio before start");
        caller.SendConnected();
        caller.SendStart();
        await server.WaitAsync(r => r.Count == 2, "start");
        server.SendMedia(Stream, new byte[3200]);
        server.SendMedia(Stream, new byte[100_160 - 320]);
        server.SendMedia(Stream, new byte[2880]);
        server.SendMedia(Stream, new byte[3202]);
        server.SendMedia(Stream, new byte[100_160]);
        server.SendMedia("another", new byte[3200]);
        server.Send($$$"""{"event":"media","stream_sid":"{{{Stream}}}","media":{"payload":"A*=="}}""");
        server.Send($$"""{"event":"hangup","stream_sid":"{{Stream}}"}""");
        server.Send($$"""{"event":"mark","stream_sid":"{{Stream}}"}""");
        server.Send("hello");
        await caller.WaitAsync(e => e.Count == 11, "all of it");
        Assert.Equal(
            [ChunkFault.OutOfTurn, ChunkFault.None, ChunkFault.None, ChunkFault.TooSmall, ChunkFault.NotMultiple, ChunkFault.TooLarge,
                ChunkFault.WrongStream, ChunkFault.NotBase64, ChunkFault.UnknownEvent, ChunkFault.Malformed, ChunkFault.Malformed],
            caller.Events.Select(e => e.Fault));
        caller.Drop();
        CallerReport report = await caller.Completion.WaitAsync(Watcher.DefaultLimit);
        Assert.Equal(9, report.Violations);
        Assert.Equal(2, report.ViolationKinds["malformed"]);
    }

    [Fact]
    public async Task The_other_ends_close_is_reported()
    {
        await using SimulationExotelServer server = await SimulationExotelServer.StartAsync(_wheel);
        ExotelCaller caller = await ScriptedAsync(server);
        server.Close(1000, "next applet");
        CallerReport report = await caller.Completion.WaitAsync(Watcher.DefaultLimit);
        Assert.Equal(("peer", 1000, "next applet"), (report.CloseCause, report.CloseCode, report.CloseReason));
    }

    private static CallerOptions Options(Uri url, CallerAudio? audio = null) =>
        new() { Url = url, Audio = audio ?? new CallerAudio([], 8000, 20), CallSid = "call-1", StreamSid = Stream };

    private static string Mark(string name) => $$$"""{"event":"mark","stream_sid":"{{{Stream}}}","mark":{"name":"{{{name}}}"}}""";

    private static string Name(string mark) => JsonDocument.Parse(mark).RootElement.GetProperty("mark").GetProperty("name").GetString()!;

    private static short[] Payload(string media)
    {
        byte[] bytes = JsonDocument.Parse(media).RootElement.GetProperty("media").GetProperty("payload").GetBytesFromBase64();
        return System.Runtime.InteropServices.MemoryMarshal.Cast<byte, short>(bytes).ToArray();
    }

    private async Task<ExotelCaller> ScriptedAsync(SimulationExotelServer server)
    {
        ExotelCaller caller = await ExotelCaller.StartAsync(Options(server.Url) with { Scripted = true }, _wheel);
        caller.SendConnected();
        caller.SendStart();
        await server.WaitAsync(r => r.Count == 2, "connected and start");
        return caller;
    }

    private void Move(int milliseconds)
    {
        _clock.Advance(TimeSpan.FromMilliseconds(milliseconds));
        _wheel.Advance();
    }
}
