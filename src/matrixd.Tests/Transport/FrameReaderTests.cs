using System.Security.Cryptography;
using System.Text;
using Matrixd.Tests.Support;
using Matrixd.Transport;
using Xunit;

namespace Matrixd.Tests.Transport;

/// <summary>The parser alone: the same bytes whole, byte by byte, cut anywhere, and truncated. P5.</summary>
public class FrameReaderTests
{
    private static readonly WebSocketLimits Limits = new();

    public static TheoryData<string> Names => [.. ProtocolCases.All.Where(c => c.Value.Bytes.Length <= 2048).Select(c => c.Key)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Any_cut_gives_the_same_events(string name)
    {
        byte[] bytes = ProtocolCases.All[name].Bytes;
        string whole = Read(bytes, [bytes.Length]);

        Assert.Equal(whole, Read(bytes, [.. Enumerable.Repeat(1, bytes.Length)]));
        for (int at = 1; at < Math.Min(bytes.Length, 300); at++)
        {
            Assert.Equal(whole, Read(bytes, [at, bytes.Length - at]));
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_truncated_case_tells_a_prefix(string name)
    {
        byte[] bytes = ProtocolCases.All[name].Bytes;
        string whole = Read(bytes, [bytes.Length]);

        for (int length = 0; length < bytes.Length; length++)
        {
            Assert.StartsWith(Read(bytes[..length], [length]), whole, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(1460)]
    [InlineData(16_384)]
    public void Long_messages_survive_any_piece_size(int piece)
    {
        byte[] text = Encoding.ASCII.GetBytes(Convert.ToHexString(RandomNumberGenerator.GetBytes(30_000)));
        byte[] bytes = [.. RawWebSocket.Frame(1, text), .. RawWebSocket.Frame(2, text[..20_000], fin: false), .. RawWebSocket.Frame(0, text[20_000..])];

        string told = Read(bytes, [.. Enumerable.Repeat(piece, bytes.Length / piece), bytes.Length % piece]);

        string expected = Encoding.ASCII.GetString(text);
        Assert.Equal($"Text:{expected} Binary:{expected} ", told);
    }

    [Fact]
    public void A_masked_frame_from_a_server_is_refused()
    {
        var log = new Log();
        var reader = new FrameReader(Limits, fromClient: false, TimeProvider.System);

        reader.Push(RawWebSocket.Text("a"), log);

        Assert.Equal("violation:1002 ", log.Told.ToString());
    }

    [Fact]
    public void A_server_s_frames_are_read_unmasked()
    {
        var log = new Log();
        var reader = new FrameReader(Limits, fromClient: false, TimeProvider.System);

        reader.Push(RawWebSocket.Frame(1, "abc"u8.ToArray(), mask: false), log);

        Assert.Equal("Text:abc ", log.Told.ToString());
    }

    [Fact]
    public void After_a_violation_frames_are_walked_over_to_the_close()
    {
        var log = new Log();
        var reader = new FrameReader(Limits, fromClient: true, TimeProvider.System);

        Assert.True(reader.Push([.. RawWebSocket.Frame(3, new byte[300]), .. RawWebSocket.Text("never told")], log));
        Assert.False(reader.Push(RawWebSocket.Close(1000), log));

        Assert.Equal("violation:1002 ", log.Told.ToString());
    }

    // In pieces of the given sizes.
    private static string Read(byte[] bytes, int[] sizes)
    {
        var log = new Log();
        var reader = new FrameReader(Limits, fromClient: true, TimeProvider.System);
        Span<byte> rest = [.. bytes];
        foreach (int size in sizes)
        {
            reader.Push(rest[..size], log);
            rest = rest[size..];
        }

        reader.Release();
        return log.Told.ToString();
    }

    private sealed class Log : IFrameHandler
    {
        public StringBuilder Told { get; } = new();

        public void OnMessage(WebSocketOpcode opcode, ReadOnlySpan<byte> message) => Told.Append($"{opcode}:{Encoding.Latin1.GetString(message)} ");

        public void OnControl(WebSocketOpcode opcode, ReadOnlySpan<byte> payload) => Told.Append($"{opcode}:{Convert.ToHexString(payload)} ");

        public void OnViolation(FrameViolation violation) => Told.Append($"violation:{violation.Code} ");
    }
}
