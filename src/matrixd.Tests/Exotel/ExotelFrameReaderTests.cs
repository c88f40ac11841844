using System.Text;
using System.Text.Json;
using Matrixd.Calls;
using Matrixd.Exotel;
using Matrixd.Tests.Support;
using Matrixd.Transport;
using Xunit;

namespace Matrixd.Tests.Exotel;

// P7
public sealed class ExotelFrameReaderTests
{
    [Theory]
    [InlineData("connected", "Connected")]
    [InlineData("start", "Start")]
    [InlineData("media", "Media")]
    [InlineData("dtmf", "Dtmf")]
    [InlineData("mark", "Mark")]
    [InlineData("stop", "Stop")]
    [InlineData("silence", "Unknown")]
    [InlineData("closed", "Unknown")]
    [InlineData("clear", "Unknown")]
    [InlineData("Media", "Unknown")]
    [InlineData("", "Unknown")]
    public void Each_event_is_known_and_others_are_not(string name, string kind)
    {
        Assert.Equal(kind, ExotelFrameReader.Read(Bytes($$"""{"event":"{{name}}"}""")).Event.ToString());
    }

    [Theory]
    [InlineData("""{}""")]
    [InlineData("""{"event":1}""")]
    [InlineData("""{"event":null}""")]
    [InlineData("""{"event":{"event":"media"}}""")]
    [InlineData("""{"event":["media"]}""")]
    public void An_event_that_is_no_text_is_unknown(string frame) => Assert.Equal(ExotelEvent.Unknown, ExotelFrameReader.Read(Bytes(frame)).Event);

    [Theory]
    [InlineData(20)]
    [InlineData(40)]
    [InlineData(100)]
    [InlineData(200)]
    public void Payloads_of_every_length_are_read_whole_in_any_order_of_keys_and_either_spelling(int milliseconds)
    {
        byte[] pcm = Samples16.BytesOf(Signals.Noise(8000, milliseconds / 1000.0, seed: 1)).ToArray();
        string payload = Convert.ToBase64String(pcm);
        Random random = new(1);
        string[] stream = ["\"stream_sid\":\"s-1\"", "\"streamSid\":\"s-1\""];
        string[] sequence = ["\"sequence_number\":\"7\"", "\"sequenceNumber\":\"7\"", "\"sequence_number\":7", "\"sequenceNumber\" : 7"];
        string[] timestamp = ["\"timestamp\":\"140\"", "\"timestamp\":140"];
        for (int i = 0; i < 100; i++)
        {
            string[] inner = ["\"chunk\":\"2\"", timestamp[random.Next(2)], $"\"payload\":\"{payload}\"", "\"track\":\"inbound\"", "\"new\":{\"payload\":\"x\"}"];
            random.Shuffle(inner);
            string[] outer = ["\"event\":\"media\"", sequence[random.Next(4)], stream[random.Next(2)], $"\"media\":{{{string.Join(',', inner)}}}", "\"leg_sid\":[1,{\"event\":\"stop\"}]"];
            random.Shuffle(outer);

            ExotelFrame frame = ExotelFrameReader.Read(Bytes($"{{{string.Join(" , ", outer)}}}"));

            Assert.Equal(ExotelEvent.Media, frame.Event);
            Assert.Equal("s-1", Encoding.UTF8.GetString(frame.StreamSid));
            Assert.Equal((7, 140), (frame.Sequence, frame.Timestamp));
            Assert.False(frame.IsOutbound);
            Assert.Equal(pcm, Pcm(frame));
        }
    }

    [Fact]
    public void A_byte_order_mark_and_white_space_are_passed_over() =>
        Assert.Equal(ExotelEvent.Stop, ExotelFrameReader.Read([0xEF, 0xBB, 0xBF, .. Bytes(" {\"event\":\"stop\"}\r\n ")]).Event);

    [Fact]
    public void Escapes_mean_what_they_stand_for()
    {
        byte[] pcm = Samples16.BytesOf(Signals.Noise(8000, 0.02, seed: 2)).ToArray();
        string payload = string.Concat(Convert.ToBase64String(pcm).Select(c => c switch { '/' => "\\/", '+' => "\\u002B", '=' => "\\u003d", 'A' => "\\u0041", _ => c.ToString() }));

        ExotelFrame frame = ExotelFrameReader.Read(Bytes($$$"""{"\u0065vent":"\u006dedia","media":{"p\u0061yload":"{{{payload}}}"}}"""));

        Assert.Equal(ExotelEvent.Media, frame.Event);
        Assert.True(frame.PayloadIsEscaped);
        Assert.Equal(pcm, Pcm(frame));
    }

    [Fact]
    public void Our_own_audio_played_back_is_told_apart()
    {
        Assert.True(ExotelFrameReader.Read("{\"event\":\"media\",\"media\":{\"track\":\"outbound\",\"payload\":\"AAAA\"}}"u8).IsOutbound);
        Assert.False(ExotelFrameReader.Read("{\"event\":\"media\",\"media\":{\"track\":[\"outbound\"],\"payload\":\"AAAA\"}}"u8).IsOutbound);
    }

    [Theory]
    [InlineData("""{"event":"mark","mark":{"name":"m12"}}""", 12)]
    [InlineData("""{"mark":{"label":"x","name":"m12"},"event":"mark"}""", 12)]
    [InlineData("""{"event":"mark","mark":{"name":"turn-3"}}""", -1)]
    [InlineData("""{"event":"mark","mark":{"name":"m"}}""", -1)]
    [InlineData("""{"event":"mark","mark":{"name":"m12x"}}""", -1)]
    [InlineData("""{"event":"mark","mark":{"name":"m99999999999999999999"}}""", -1)]
    [InlineData("""{"event":"mark","mark":{"name":12}}""", -1)]
    [InlineData("""{"event":"mark","mark":"m12"}""", -1)]
    [InlineData("""{"event":"mark"}""", -1)]
    public void Marks_have_our_number_or_none(string json, long mark)
    {
        ExotelFrame frame = ExotelFrameReader.Read(Bytes(json));
        Assert.Equal(ExotelEvent.Mark, frame.Event);
        Assert.Equal(mark, ExotelFrameWriter.ParseMark(frame.MarkName));
    }

    [Theory]
    [InlineData("""{"event":"dtmf","dtmf":{"digit":"5","duration":"100"}}""", '5')]
    [InlineData("""{"event":"dtmf","dtmf":{"digit":5}}""", '5')]
    [InlineData("""{"event":"dtmf","dtmf":{"digit":"#"}}""", '#')]
    [InlineData("""{"event":"dtmf","dtmf":{"digit":"55"}}""", '\0')]
    [InlineData("""{"event":"dtmf","dtmf":{}}""", '\0')]
    public void A_digit_is_one(string json, char digit) => Assert.Equal((byte)digit, ExotelFrameReader.Read(Bytes(json)).Digit);

    [Theory]
    [InlineData("-5")]
    [InlineData("1.5")]
    [InlineData("1e999")]
    [InlineData("\"7a\"")]
    [InlineData("\"\"")]
    [InlineData("null")]
    [InlineData("99999999999999999999")]
    [InlineData("[7]")]
    public void A_number_that_is_none_counts_as_missing(string number)
    {
        ExotelFrame frame = ExotelFrameReader.Read(Bytes($$$"""{"event":"media","sequence_number":{{{number}}},"media":{"timestamp":{{{number}}},"payload":"AAAA"}}"""));
        Assert.Equal((-1, -1), (frame.Sequence, frame.Timestamp));
    }

    [Theory]
    [InlineData("""{"event":"media"}""")]
    [InlineData("""{"event":"media","media":null}""")]
    [InlineData("""{"event":"media","media":"AAAA"}""")]
    [InlineData("""{"event":"media","media":{}}""")]
    [InlineData("""{"event":"media","media":{"payload":null}}""")]
    [InlineData("""{"event":"media","media":{"payload":1234}}""")]
    public void Media_without_a_payload_has_none(string json) => Assert.False(ExotelFrameReader.Read(Bytes(json)).HasPayload);

    [Fact]
    public void Nothing_but_a_JsonException_comes_of_anything()
    {
        foreach (byte[] bad in ExotelCorpus.Malformed())
        {
            Assert.ThrowsAny<JsonException>(() => ExotelFrameReader.Read(bad));
        }
    }

    // H10
    [Fact]
    public void Frames_that_were_bent_at_random_are_read_or_refused_and_never_more()
    {
        byte[][] good = [.. ExotelCorpus.Good().Select(Bytes)];
        Random random = new(7);
        int refused = 0;
        for (int i = 0; i < 40_000; i++)
        {
            byte[] bent = (byte[])good[random.Next(good.Length)].Clone();
            for (int bends = random.Next(1, 4); bends > 0; bends--)
            {
                bent[random.Next(bent.Length)] = random.Next(4) == 0 ? "\"\\{}[]:,u0d8"u8[random.Next(12)] : (byte)random.Next(256);
            }

            try
            {
                ExotelFrame frame = ExotelFrameReader.Read(bent);
                if (frame.Event == ExotelEvent.Start)
                {
                    _ = ExotelStartReader.Read(bent);
                }
                else if (frame.Event == ExotelEvent.Stop)
                {
                    _ = ExotelStartReader.StopReason(bent);
                }
                else if (frame.HasPayload)
                {
                    _ = JsonBase64.Decode(frame.Payload, frame.PayloadIsEscaped, new byte[frame.Payload.Length + 4]);
                }
            }
            catch (JsonException)
            {
                refused++;
            }
        }

        Assert.InRange(refused, 1000, 39_999);
    }

    [Fact]
    public void A_frame_that_is_cut_off_anywhere_is_refused()
    {
        foreach (string good in ExotelCorpus.Good())
        {
            byte[] whole = Bytes(good);
            _ = ExotelFrameReader.Read(whole);
            for (int length = 0; length < whole.Length; length++)
            {
                byte[] cut = whole[..length];
                Assert.ThrowsAny<JsonException>(() => ExotelFrameReader.Read(cut));
            }
        }
    }

    // H11
    [Theory]
    [InlineData("AAA")]
    [InlineData("AAAAA")]
    [InlineData("AA=A")]
    [InlineData("AA==AAAA")]
    [InlineData("A!AA")]
    [InlineData("AAA\\u0000")]
    [InlineData("AA==")] // one byte: half a sample
    [InlineData("\\ud800")]
    [InlineData("\\ud800AAA")]
    [InlineData("=AAA")]
    [InlineData("AAAA_-__")] // of URLs
    public void Base64_that_is_none_is_refused(string payload)
    {
        ExotelFrame frame = ExotelFrameReader.Read(Bytes($$$"""{"event":"media","media":{"payload":"{{{payload}}}"}}"""));
        Assert.Equal(-1, JsonBase64.Decode(frame.Payload, frame.PayloadIsEscaped, new byte[frame.Payload.Length + 4]));
    }

    [Fact]
    public void An_empty_payload_is_no_samples() => Assert.Equal(0, JsonBase64.Decode(default, false, new byte[4]));

    private static byte[] Pcm(ExotelFrame frame)
    {
        byte[] pcm = new byte[frame.Payload.Length + 4];
        return pcm[..JsonBase64.Decode(frame.Payload, frame.PayloadIsEscaped, pcm)];
    }

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);
}
