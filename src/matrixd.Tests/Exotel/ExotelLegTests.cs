using Matrixd.Calls;
using Matrixd.Exotel;
using Matrixd.Tests.Support;
using Matrixd.Transport;
using Xunit;

namespace Matrixd.Tests.Exotel;

public sealed class ExotelLegTests
{
    private const string Media = """{"event":"media","stream_sid":"stream-1","sequence_number":"2","media":{"timestamp":"0","payload":"AAAAAAAA"}}""";

    [Fact]
    public async Task A_stream_from_connected_to_stop()
    {
        await using Line line = new();
        line.Link.Deliver("""{"event":"connected"}""");
        line.Link.Deliver(ExotelCorpus.Start());
        line.Model.Ready();
        line.Link.Deliver(Media, binary: true); // the same JSON in a binary frame
        Assert.Equal(1, line.Story.Counters.CallerFrames);
        Assert.Equal(1, line.MediaFlows);
        line.Model.Says(Signals.Tone(440, 24_000, 0.1));
        line.Model.EndsTurn();
        Assert.StartsWith("""{"event":"media","stream_sid":"stream-1","media":{"payload":""", line.Link.Sent[0], StringComparison.Ordinal);
        Assert.Equal("""{"event":"mark","stream_sid":"stream-1","mark":{"name":"m1"}}""", line.Link.Sent[1]);
        line.Link.Deliver("""{"event":"mark","stream_sid":"stream-1","mark":{"name":"m1"}}""");
        Assert.Equal(1, line.Story.Counters.MarksEchoed);
        line.Link.Deliver("""{"event":"stop","stream_sid":"stream-1","stop":{"reason":"call\u001bended"}}""");

        Assert.Equal((ushort)1000, line.Link.CloseCode);
        line.Link.End();
        await line.Served;
        Assert.Equal((CallEndReason.CallerHungUp, "call·ended"), line.Ending);
    }

    // H15
    [Theory]
    [InlineData("media before start", 1008, "", "M")]
    [InlineData("a second start", 1008, "protocol_error", "S", "S")]
    [InlineData("a second start of another call", 1008, "protocol_error", "S", "T")]
    [InlineData("media of another stream", 0, "", "S", "F", "F", "M")]
    [InlineData("stop twice", 1000, "caller_hung_up", "S", "X", "X")]
    [InlineData("start after stop", 1000, "caller_hung_up", "S", "X", "S")]
    [InlineData("media after stop", 1000, "caller_hung_up", "S", "M", "X", "M")]
    [InlineData("stop before start", 0, "", "X", "S", "M")]
    [InlineData("mark before start", 0, "", "K", "S", "M")]
    [InlineData("our own audio", 0, "", "S", "O", "M")]
    [InlineData("unknown events", 0, "", "U", "S", "U", "M", "D")]
    [InlineData("connected twice", 0, "", "C", "C", "S", "M")]
    public async Task What_comes_out_of_order_is_refused_or_passed_over(string what, int code, string reason, params string[] frames)
    {
        await using Line line = new();
        foreach (string frame in frames)
        {
            line.Link.Deliver(frame switch
            {
                "C" => """{"event":"connected"}""",
                "S" => ExotelCorpus.Start(),
                "T" => ExotelCorpus.Start("call-2", "stream-2"),
                "M" => Media,
                "F" => Media.Replace("stream-1", "stream-9", StringComparison.Ordinal),
                "O" => Media.Replace("\"timestamp\"", "\"track\":\"outbound\",\"timestamp\"", StringComparison.Ordinal),
                "K" => """{"event":"mark","mark":{"name":"m1"}}""",
                "D" => """{"event":"dtmf","dtmf":{"digit":"5"}}""",
                "U" => """{"event":"silence","silence":{}}""",
                _ => """{"event":"stop","stop":{"reason":"stopped"}}""",
            });
        }

        Assert.True(code == (line.Link.CloseCode ?? 0), what);
        Assert.True(line.Story.Models.Legs.Count <= 1, what);
        Assert.Equal(code == 0 ? 1 : 0, line.Story.Registry.Snapshot().Count(call => call.EndReason == CallEndReason.None));
        Assert.Equal(frames.Contains("S") && frames.Contains("M") ? 1 : 0, line.Story.Counters.CallerFrames);
        line.Link.End();
        await line.Served;
        if (reason.Length > 0)
        {
            Assert.Equal(reason, line.Ending.Reason.Word());
        }

        Assert.Equal(frames.Contains("F") ? 2 : 0, line.Counters.ForeignStreamFrames);
        Assert.Equal(frames.Contains("O") ? 1 : 0, line.Counters.OutboundTrackFrames);
        Assert.Equal(frames.Count(frame => frame == "U"), line.Counters.UnknownEvents);
    }

    // Up to some length they lie on the stack, beyond it in memory of the pool.
    [Fact]
    public async Task Frames_and_chunks_of_any_length_pass_whole()
    {
        await using Line line = new();
        line.Link.Deliver(ExotelCorpus.Start(rate: "16000"));
        line.Model.Ready();
        MemoryStream said = new();
        foreach (int bytes in (int[])[2, 640, 1916, 1918, 1920, 1922, 1924, 3200, 40_000])
        {
            byte[] pcm = Samples16.BytesOf(Signals.Noise(16_000, bytes / 32_000.0, seed: bytes)).ToArray();
            string payload = Convert.ToBase64String(pcm);
            line.Link.Deliver($$$"""{"event":"media","media":{"payload":"{{{payload}}}"}}""");
            line.Link.Deliver($$$"""{"event":"media","media":{"payload":"{{{payload.Replace("/", "\\/", StringComparison.Ordinal)}}}"}}""");
            said.Write([.. pcm, .. pcm]);
        }

        byte[] heard = line.Model.Pcm; // whole messages of 20 ms
        Assert.Equal(said.ToArray()[..heard.Length], heard);
        Assert.InRange(heard.Length, said.Length - 639, said.Length);
        foreach (int bytes in (int[])[3200, 6096, 6098, 6102, 6400, 100_000])
        {
            byte[] pcm = Samples16.BytesOf(Signals.Noise(16_000, bytes / 32_000.0, seed: bytes)).ToArray();
            line.Leg.SendChunk(pcm);
            Assert.Equal($$$"""{"event":"media","stream_sid":"stream-1","media":{"payload":"{{{Convert.ToBase64String(pcm)}}}"}}""", line.Link.Sent[^1]);
        }
    }

    // H11
    [Fact]
    public async Task Fifty_bad_payloads_in_a_row_are_too_many_and_one_good_one_forgives()
    {
        await using Line line = new();
        line.Link.Deliver(ExotelCorpus.Start());
        string bad = Media.Replace("AAAAAAAA", "AAA!", StringComparison.Ordinal);
        string none = Media.Replace("\"payload\":\"AAAAAAAA\"", "\"payload\":null", StringComparison.Ordinal);
        for (int i = 0; i < 49; i++)
        {
            line.Link.Deliver(i % 2 == 0 ? bad : none);
        }

        line.Link.Deliver(Media);
        for (int i = 0; i < 49; i++)
        {
            line.Link.Deliver(bad);
        }

        Assert.Null(line.Link.CloseCode);
        Assert.Equal(98, line.Counters.BadPayloads);
        line.Link.Deliver(bad);

        Assert.Equal((ushort)1007, line.Link.CloseCode);
        line.Link.End();
        await line.Served;
        Assert.Equal(CallEndReason.ProtocolError, line.Ending.Reason);
    }

    // H10
    [Fact]
    public async Task Whatever_is_no_frame_closes_with_1007_and_throws_nothing()
    {
        foreach (byte[] bad in ExotelCorpus.Malformed().Append("{\"event\":\"start\",\"start\":{\"call_sid\":\"\\ud800\"}}"u8.ToArray()))
        {
            await using Line line = new();
            line.Link.Deliver(ExotelCorpus.Start("c", "s").Replace("start\"", "connected\"", StringComparison.Ordinal));
            line.Link.Deliver(bad);
            Assert.Equal((ushort)1007, line.Link.CloseCode);
            Assert.Equal(1, line.Counters.BadJson);
            Assert.DoesNotContain(line.Link.CloseReason, character => char.IsControl(character));
            line.Link.End();
            await line.Served;
        }
    }

    [Fact]
    public async Task A_socket_that_starts_nothing_is_closed_after_five_seconds()
    {
        await using Line line = new();
        line.Link.Deliver("""{"event":"connected"}""");
        line.Story.Pass(4990);
        Assert.Null(line.Link.CloseCode);
        line.Story.Pass(15);

        Assert.Equal(((ushort)1008, "no start within 5 s"), (line.Link.CloseCode!.Value, line.Link.CloseReason));
        Assert.Equal(1, line.Counters.StartTimeouts);
        line.Link.End();
        await line.Served;
    }

    [Fact]
    public async Task A_stream_that_has_started_is_not_asked_for_its_start()
    {
        await using Line line = new();
        line.Link.Deliver(ExotelCorpus.Start());
        line.Story.Pass(6000);
        Assert.Null(line.Link.CloseCode);
    }

    // S3, S4
    [Theory]
    [InlineData("foreign", "call-1", "\"8000\"", "start names an account_sid that is not ours")]
    [InlineData("acme", "call-2", "\"8000\"", "the path token was handed out for another call")]
    [InlineData("acme", "call-1", "11025", "sample rate 11025 Hz is not served: 8000, 16000 or 24000")]
    public async Task A_start_that_does_not_fit_costs_nothing(string account, string call, string rate, string why)
    {
        await using Line line = new(new ExotelOptions { AccountSid = "acme" }, CallSid.Parse("call-1"));
        line.Link.Deliver(ExotelCorpus.Start(call, "stream-1", account, rate));

        Assert.Equal(((ushort)1008, why), (line.Link.CloseCode!.Value, line.Link.CloseReason));
        Assert.Empty(line.Story.Models.Legs);
        Assert.Empty(line.Story.Store.Adopted);
        Assert.Equal(0, line.MediaFlows);
        line.Link.End();
        await line.Served;
    }

    [Theory]
    [InlineData("Peer", 1000, false, "caller_hung_up")]
    [InlineData("Peer", 1001, false, "caller_hung_up")]
    [InlineData("Lost", 1006, false, "media_lost")]
    [InlineData("Violation", 1002, false, "protocol_error")]
    [InlineData("Violation", 1008, false, "rate_limited")]
    [InlineData("Aborted", 1006, false, "media_lost")]
    [InlineData("Aborted", 1006, true, "internal_error")]
    public async Task The_end_of_the_socket_is_the_end_of_the_call_by_its_name(string cause, int code, bool fault, string word)
    {
        await using Line line = new();
        line.Link.Deliver(ExotelCorpus.Start());
        Exception? error = fault ? new InvalidOperationException("a bug") : cause == "Aborted" ? new TimeoutException("taken nothing for 5 s") : null;
        line.Link.End(new WebSocketClose(Enum.Parse<WebSocketCloseCause>(cause), (ushort)code, "why", error));
        await line.Served;

        Assert.Equal(word, line.Ending.Reason.Word());
        Assert.Equal(fault, line.Loggers.Lines.Any(log => log.Contains("unforeseen fault", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("limit_duration", 1000)]
    [InlineData("agent_ended", 1000)]
    [InlineData("drained", 1001)]
    [InlineData("model_lost", 1011)]
    [InlineData("overload", 1013)]
    [InlineData("rate_limited", 1008)]
    public async Task The_close_code_says_why(string word, int code)
    {
        await using Line line = new();
        line.Link.Deliver(ExotelCorpus.Start());
        line.Story.Registry.StopAll(CallEndReasonNames.Parse(word), "");

        Assert.Equal(((ushort)code, word), (line.Link.CloseCode!.Value, line.Link.CloseReason));
        line.Link.End();
        await line.Served;
    }

    // H17
    [Fact]
    public async Task What_a_peer_writes_into_its_start_stays_on_one_line_of_the_log()
    {
        await using Line line = new();
        line.Link.Deliver(ExotelCorpus.Start(from: "\u001b[31m\r\nfake line " + new string('9', 20_000)));
        StreamOpening opening = line.Story.Store.Adopted.Single();
        Assert.InRange(opening.From.Length, 1, 256);
        Assert.DoesNotContain(opening.From, char.IsControl);
        Assert.All(line.Loggers.Lines, log => Assert.DoesNotContain('\n', log));
    }

    private sealed class Line : IAsyncDisposable
    {
        public Line(ExotelOptions? options = null, CallSid? warm = null)
        {
            Story = new CallStory(loggers: Loggers);
            Leg = new ExotelLeg(Link, options ?? new ExotelOptions(), Story.Host, new ExotelAdmission(warm, () => MediaFlows++), Counters, Story.Wheel, Microsoft.Extensions.Logging.LoggerFactoryExtensions.CreateLogger<ExotelLeg>(Loggers));
            Served = Leg.RunAsync().WaitAsync(TimeSpan.FromSeconds(20));
        }

        public ListLoggers Loggers { get; } = new();

        public CallStory Story { get; }

        public FakeLink Link { get; } = new();

        public ExotelLeg Leg { get; }

        public ExotelCounters Counters { get; } = new();

        public Task Served { get; }

        public int MediaFlows { get; private set; }

        public FakeModelLeg Model => Story.Models.Legs[0];

        public (CallEndReason Reason, string Detail) Ending => (Story.Store.Ended.Single().Reason, Story.Store.Ended.Single().Detail);

        public async ValueTask DisposeAsync()
        {
            Story.Registry.StopAll(CallEndReason.Aborted, "the test is over");
            await Story.DisposeAsync();
        }
    }
}
