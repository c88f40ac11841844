using System.Text;
using Matrixd.Diagnostics;
using Matrixd.Tests.Support;
using Xunit;

namespace Matrixd.Tests.Diagnostics;

public sealed class FlightRingTests
{
    private readonly VirtualTime _time = new();
    private readonly FlightRing _ring = new();

    [Theory]
    [InlineData("Exotel", true, """{"event":"mark","stream_sid":"s","mark":{"name":"m3"}}""", "event=mark stream_sid mark.name")]
    [InlineData("Exotel", true, """{"event":"stop","stop":{"reason":"callended"}}""", "event=stop stop.reason=callended")]
    [InlineData("Exotel", true, """{"event":"start","start":{"from":"09441233609","media_format":{"sample_rate":"8000"}}}""", "event=start start.from.media_format")]
    [InlineData("Gemini", true, """{"goAway":{"timeLeft":"50s"}}""", "goAway.timeLeft=50s")]
    [InlineData("Gemini", true, """{"toolCall":{"functionCalls":[{"id":"1","name":"lookup_order","args":{"phone":"09441233609"}}]}}""", "toolCall.functionCalls name=lookup_order")]
    [InlineData("Gemini", true, """{"serverContent":{"outputTranscription":{"text":"secret words"}}}""", "serverContent.outputTranscription")]
    [InlineData("Gemini", true, "{broken", "not JSON")]
    [InlineData("Gemini", false, """{"clientContent":{"turns":[{"parts":[{"text":"secret words"}]}],"turnComplete":true}}""", "clientContent.turns.turnComplete")]
    public void An_entry_says_what_a_message_was_and_not_what_was_said(string leg, bool isInbound, string message, string words)
    {
        Message(Enum.Parse<TapeLeg>(leg), isInbound, message);

        Assert.Equal([words], Words());
    }

    [Fact]
    public void Audio_is_counted_between_the_entries_it_came_between()
    {
        Audio(3, TapeLeg.Exotel, isInbound: true, """{"event":"media","media":{"payload":"AAAA"}}""");
        Audio(2, TapeLeg.Gemini, isInbound: false, """{"realtime_input":{"audio":{"mime_type":"audio/pcm;rate=16000","data":"AAAA"}}}""");
        Message(TapeLeg.Gemini, true, """{"setupComplete":{}}""");
        Audio(5, TapeLeg.Gemini, isInbound: true, ModelAudio(""));
        Audio(1, TapeLeg.Exotel, isInbound: false, """{"event":"media","stream_sid":"s","media":{"payload":"AAAA"}}""");
        Message(TapeLeg.Gemini, true, ModelAudio(",\"turnComplete\":true")); // audio with a word that counts is an entry

        List<string> seen = [];
        _ring.Read((in FlightEntry entry) => seen.Add($"{Encoding.UTF8.GetString(entry.Words).Trim()} {string.Join(',', entry.Audio.ToArray())}"));
        Assert.Equal(["setupComplete 3,0,0,2", "serverContent.modelTurn.turnComplete 0,1,5,0"], seen);
    }

    [Fact]
    public void The_oldest_make_room_and_are_counted()
    {
        for (int i = 0; i < 500; i++)
        {
            Message(TapeLeg.Gemini, true, "{\"goAway\":{\"timeLeft\":\"" + i + "s\"}}");
        }

        string[] words = Words();
        Assert.Equal("goAway.timeLeft=499s", words[^1]);
        Assert.Equal(500, words.Length + _ring.Forgotten);
        Assert.InRange(words.Length, 20, 60);
        Assert.Equal(Enumerable.Range(500 - words.Length, words.Length).Select(i => $"goAway.timeLeft={i}s"), words);
    }

    [Fact]
    public void Entries_keep_their_time()
    {
        _time.Advance(TimeSpan.FromHours(2));
        Message(TapeLeg.Gemini, true, """{"setupComplete":{}}""");

        uint at = 0;
        _ring.Read((in FlightEntry entry) => at = entry.Milliseconds);
        Assert.Equal(7_200_000u, at);
    }

    [Fact]
    public void Messages_allocate_nothing()
    {
        byte[] audio = Encoding.UTF8.GetBytes("""{"event":"media","media":{"payload":"AAAA"}}""");
        byte[] control = Encoding.UTF8.GetBytes("""{"serverContent":{"turnComplete":true}}""");
        for (int i = 0; i < 2; i++) // the first round compiles
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int n = 0; n < 1000; n++)
            {
                _ring.Message(TapeLeg.Exotel, true, audio, _time, 0);
                _ring.Message(TapeLeg.Gemini, true, control, _time, 0);
            }

            Assert.True(i == 0 || GC.GetAllocatedBytesForCurrentThread() == before);
        }
    }

    [Fact]
    public void A_call_costs_less_than_two_kibibytes()
    {
        _ = new FlightRing();
        long before = GC.GetAllocatedBytesForCurrentThread();

        CallTap call = new("call", "stream", null, new FlightRing(), _time, 0);
        ModelTap model = new(call, 1);

        long cost = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.InRange(cost, 1, 2048);
        GC.KeepAlive(model);
    }

    private static string ModelAudio(string more) => "{\n \"serverContent\": {\n  \"modelTurn\": {\n   \"parts\": [\n {\n \"inlineData\": {\n \"mimeType\": \"audio/pcm;rate=24000\", \"data\":\"" + new string('A', 4000) + "\"}}]}" + more + "}}";

    private void Audio(int times, TapeLeg leg, bool isInbound, string message)
    {
        for (int i = 0; i < times; i++)
        {
            Message(leg, isInbound, message);
        }
    }

    private void Message(TapeLeg leg, bool isInbound, string message) => _ring.Message(leg, isInbound, Encoding.UTF8.GetBytes(message), _time, 0);

    private string[] Words()
    {
        List<string> words = [];
        _ring.Read((in FlightEntry entry) => words.Add(Encoding.UTF8.GetString(entry.Words).Trim()));
        return [.. words];
    }
}
