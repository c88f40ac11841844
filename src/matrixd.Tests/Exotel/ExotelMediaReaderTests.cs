using System.Text;
using Matrixd.Benchmarks;
using Matrixd.Exotel;
using Matrixd.Simulation;
using Matrixd.Tests.Conventions;
using Matrixd.Tests.Support;
using Matrixd.Transport;
using Xunit;

namespace Matrixd.Tests.Exotel;

/// <summary>What the short way takes is what the long way reads, field by field; what it is there for goes that way.</summary>
public sealed class ExotelMediaReaderTests
{
    private const string Sid = "6f048d2e897a0d2d4029560f3f541947";
    private const string Usual = $$$"""{"event":"media","sequence_number":"3","stream_sid":"{{{Sid}}}","media":{"chunk":"2","timestamp":"20","payload":"AAECAwQFBgc="}}""";

    // Frames that are changed below: as they come, with white space as encoders of other languages write it, in the newer spelling, with more beside.
    private static readonly string[] s_typical =
    [
        Usual,
        """{"event": "media", "sequence_number": 3, "stream_sid": "s-1", "media": {"chunk": 2, "timestamp": 20, "payload": "AAEC/+QFBgc="}}""" + "\r\n",
        """{"event":"media","sequenceNumber":"10","streamSid":"s-1","leg_sid":"9","media":{"track":"outbound","timestamp":"0","payload":""}}""",
        """{"media":{"payload":"AAAA","timestamp":7,"track":"inbound"},"event":"media"}""",
    ];

    [Fact]
    public void What_is_known_of_Exotels_media_goes_the_short_way()
    {
        Assert.All(s_typical, frame => Assert.True(Takes(Bytes(frame)), frame));
        Assert.All(ExotelCorpus.Good(), frame => Assert.Equal(frame.Contains("\"event\":\"media\"", StringComparison.Ordinal), Takes(Bytes(frame))));
    }

    [Fact]
    public void What_the_simulated_caller_and_the_load_generators_send_goes_the_short_way()
    {
        byte[] payload = Bytes(Payload(320));
        ExotelUplinkWriter caller = new(new CallerOptions { Url = new Uri("ws://127.0.0.1/exotel"), Audio = new CallerAudio([], 8000, 20), CallSid = "call-1", StreamSid = Sid });
        LoadFrame load = new(Sid, mask: 0);
        for (int i = 0; i < 2000; i++)
        {
            Assert.True(Takes(caller.Media(i + 1, i * 20, payload)));
            load.BeginMedia(i, payload);
            Assert.True(FrameHeader.TryRead(load.Bytes, out FrameHeader header, out int head));
            Assert.True(Takes(load.Bytes.Slice(head, (int)header.Length)));
        }

        // The one in C is not run here: its pieces stand in its source.
        string source = File.ReadAllText(Path.Combine(SourceTree.Root, "bench", "native", "caller.c"));
        string[] pieces = ["{\"event\":\"media\",\"sequence_number\":\"", "\",\"stream_sid\":\"%s\",\"media\":{\"chunk\":\"", "\",\"timestamp\":\"", "\",\"payload\":\""];
        Assert.All(pieces, piece => Assert.Contains($"\"{piece.Replace("\"", "\\\"", StringComparison.Ordinal)}\"", source, StringComparison.Ordinal));
        string frame = $"{pieces[0]}17{pieces[1].Replace("%s", Sid, StringComparison.Ordinal)}16{pieces[2]}300{pieces[3]}{Payload(320)}\"}}}}";
        Assert.True(Takes(Bytes(frame)));
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("", " ")]
    [InlineData("\t", "\r\n  ")]
    public void Every_order_of_members_in_either_spelling_goes_the_short_way(string before, string after)
    {
        string payload = Payload(320);
        (string Sequence, string Stream, string Timestamp)[] spellings =
        [
            ("\"sequence_number\":\"7\"", "\"stream_sid\":\"s-1\"", "\"timestamp\":\"140\""), ("\"sequenceNumber\":7", "\"streamSid\":\"s-1\"", "\"timestamp\":140"),
        ];
        string Object(string[] members) => $"{before}{{{after}{string.Join($"{before},{after}", members)}{before}}}{after}";
        IEnumerable<string> frames =
            from spelling in spellings
            from inner in Orders(["\"chunk\":\"2\"", spelling.Timestamp, $"\"payload\":\"{payload}\"", "\"track\":\"outbound\""])
            from outer in Orders(["\"event\":\"media\"", spelling.Sequence, spelling.Stream, $"\"media\":{Object(inner)}", "\"leg_sid\":\"x\""])
            select Object(outer).Replace("\":", $"\"{before}:{after}", StringComparison.Ordinal);
        foreach (string text in frames)
        {
            byte[] json = Bytes(text);
            Assert.True(Takes(json), text);
            ExotelFrame frame = ExotelFrameReader.Read(json);
            Assert.Equal((ExotelEvent.Media, 7, 140, true, true), (frame.Event, frame.Sequence, frame.Timestamp, frame.HasPayload, frame.IsOutbound));
            Assert.True(frame.StreamSid.SequenceEqual("s-1"u8) && frame.Payload.SequenceEqual(Bytes(payload)), text);
        }
    }

    [Theory]
    [InlineData("\uFEFF{\"event\":\"media\",\"media\":{\"payload\":\"AAAA\"}}")]
    [InlineData("""{"event":"media","media":{"payload":"AA\/A"}}""")]
    [InlineData("""{"\u0065vent":"media","media":{"payload":"AAAA"}}""")]
    [InlineData("""{"event":"media","stream_sid":"é","media":{"payload":"AAAA"}}""")]
    [InlineData("""{"event":"media","stream_sid":7,"media":{"payload":"AAAA"}}""")]
    [InlineData("""{"event":"media","sequence_number":"07","media":{"payload":"AAAA"}}""")]
    [InlineData("""{"event":"media","sequence_number":"-7","media":{"payload":"AAAA"}}""")]
    [InlineData("""{"event":"media","sequence_number":"","media":{"payload":"AAAA"}}""")]
    [InlineData("""{"event":"media","sequence_number":9223372036854775808,"media":{"payload":"AAAA"}}""")]
    [InlineData("""{"event":"media","sequence_number":1e2,"media":{"payload":"AAAA"}}""")]
    [InlineData("""{"event":"media","media":{"payload":null}}""")]
    [InlineData("""{"event":"media","media":{}}""")]
    [InlineData("""{"event":"media","media":null}""")]
    [InlineData("""{"event":"media","new":{"event":"mark"},"media":{"payload":"AAAA"}}""")]
    [InlineData("""{"event":"media","event":"mark","media":{"payload":"AAAA"}}""")]
    [InlineData("""{"stream_sid":"s-1","media":{"payload":"AAAA"}}""")]
    public void Media_of_another_form_is_left_to_the_long_way(string frame)
    {
        Assert.False(Takes(Bytes(frame)));
        _ = ExotelFrameReader.Read(Bytes(frame)); // which reads it
    }

    [Fact]
    public void What_is_no_frame_is_not_taken() => Assert.All(ExotelCorpus.Malformed(), bad => Assert.False(Takes(bad)));

    [Fact]
    public void A_member_that_comes_twice_counts_as_it_does_on_the_long_way() =>
        Assert.True(Takes("{\"event\":\"media\",\"streamSid\":\"a\",\"media\":{\"payload\":\"AAAA\",\"payload\":\"BBBBBBBB\",\"track\":\"outbound\",\"track\":\"x\"},\"stream_sid\":\"b\",\"media\":{\"timestamp\":5}}"u8));

    [Fact]
    public void A_frame_with_one_byte_changed_left_out_or_put_in_anywhere_is_read_alike_or_not_taken()
    {
        int taken = 0;
        int all = 0;
        foreach (byte[] good in s_typical.Select(Bytes))
        {
            int end = good.AsSpan().TrimEnd("\r\n"u8).Length;
            for (int at = 0; at <= good.Length; at++)
            {
                Assert.Equal(at >= end, Takes(good.AsSpan(0, at))); // cut off here
                Count(at < good.Length ? [.. good[..at], .. good[(at + 1)..]] : good);
                for (int value = 0; value < 256; value++)
                {
                    Count([.. good[..at], (byte)value, .. good[at..]]);
                    Count(at < good.Length ? [.. good[..at], (byte)value, .. good[(at + 1)..]] : good);
                }
            }
        }

        Assert.InRange(taken, all / 20, all / 2); // neither nothing nor everything: both ways are looked at

        void Count(ReadOnlySpan<byte> json)
        {
            all++;
            taken += Takes(json) ? 1 : 0;
        }
    }

    [Fact]
    public void Frames_that_were_bent_at_random_are_read_alike_or_not_taken()
    {
        string[] pieces =
        [
            "\"", "\\", "\\u0041", "{", "}", "[", "]", ":", ",", " ", "\n", "\0", "\u001f", "\u007f", "é", "0", "9", "-1", "1.5", "1e9", "99999999999999999999", "null", "true", "\"x\"", "{}", "//", "\uFEFF",
            ",\"event\":\"media\"", ",\"event\":\"mark\"", ",\"mark\":{\"name\":\"m1\"}", ",\"dtmf\":\"5\"", ",\"media\":{\"payload\":\"BBBB\"}", ",\"payload\":\"CC\"", ",\"track\":\"outbound\"", ",\"chunk\":7",
            ",\"sequence_number\":\"12\"", ",\"sequenceNumber\":13", ",\"streamSid\":\"t\"", ",\"timestamp\":\"08\"",
        ];
        byte[][] put = [.. pieces.Select(Bytes)];
        byte[][] good = [.. s_typical.Append(Usual.Replace("AAECAwQFBgc=", Payload(320), StringComparison.Ordinal)).Select(Bytes)];
        Random random = new(20);
        int taken = 0;
        for (int i = 0; i < 200_000; i++)
        {
            List<byte> bent = [.. good[random.Next(good.Length)]];
            for (int bends = random.Next(1, 4); bends > 0 && bent.Count > 0; bends--)
            {
                Bend(bent, random, put);
            }

            taken += Takes(bent.ToArray()) ? 1 : 0;
        }

        Assert.InRange(taken, 20_000, 180_000);
    }

    [Fact]
    public void Nothing_is_allocated()
    {
        byte[] json = Bytes(Usual);
        Takes(json);
        long before = GC.GetAllocatedBytesForCurrentThread();
        bool isTaken = ExotelMediaReader.TryRead(json, out _);
        Assert.Equal((true, 0), (isTaken, GC.GetAllocatedBytesForCurrentThread() - before));
    }

    private static void Bend(List<byte> bent, Random random, byte[][] put)
    {
        int at = random.Next(bent.Count);
        switch (random.Next(5))
        {
            case 0:
                bent[at] = (byte)random.Next(256);
                break;
            case 1:
                bent.RemoveRange(at, Math.Min(random.Next(1, 8), bent.Count - at));
                break;
            case 2: // a piece of it once more
                bent.InsertRange(random.Next(bent.Count), bent.GetRange(at, Math.Min(random.Next(1, 40), bent.Count - at)));
                break;
            case 3: // before a comma or a brace, where members end
                int end = bent.FindIndex(at, value => value is (byte)',' or (byte)'}');
                bent.InsertRange(end < 0 ? at : end, put[random.Next(put.Length)]);
                break;
            default:
                bent.InsertRange(at, put[random.Next(put.Length)]);
                break;
        }
    }

    // True where the short way takes it; it is then compared with the long way, which may not throw.
    private static bool Takes(ReadOnlySpan<byte> json)
    {
        if (!ExotelMediaReader.TryRead(json, out ExotelFrame frame))
        {
            return false;
        }

        ExotelFrame other = ExotelFrameReader.ReadAnyForm(json);
        bool isSame = frame.Event == other.Event && frame.Sequence == other.Sequence && frame.Timestamp == other.Timestamp
            && frame.HasPayload == other.HasPayload && frame.PayloadIsEscaped == other.PayloadIsEscaped && frame.IsOutbound == other.IsOutbound && frame.Digit == other.Digit
            && IsSame(json, frame.StreamSid, other.StreamSid) && IsSame(json, frame.Payload, other.Payload) && IsSame(json, frame.MarkName, other.MarkName);
        Assert.True(isSame, Encoding.UTF8.GetString(json));
        return true;
    }

    private static bool IsSame(ReadOnlySpan<byte> json, ReadOnlySpan<byte> one, ReadOnlySpan<byte> other) =>
        one.Length == other.Length && json.Overlaps(one, out int at) == json.Overlaps(other, out int otherAt) && at == otherAt;

    private static IEnumerable<string[]> Orders(string[] members)
    {
        if (members.Length <= 1)
        {
            yield return members;
            yield break;
        }

        for (int i = 0; i < members.Length; i++)
        {
            foreach (string[] rest in Orders([.. members[..i], .. members[(i + 1)..]]))
            {
                yield return [members[i], .. rest];
            }
        }
    }

    private static string Payload(int bytes)
    {
        byte[] pcm = new byte[bytes];
        new Random(1).NextBytes(pcm);
        return Convert.ToBase64String(pcm);
    }

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);
}
