using System.Buffers.Text;
using System.Text;

namespace Matrixd.Exotel;

/// <summary>Writes the three frames that Exotel understands, without allocation.</summary>
/// <remarks>
/// <c>{"event":"media","stream_sid":"…","media":{"payload":"…"}}</c>, <c>mark</c> with a name, <c>clear</c>; nothing else is documented.
/// Source: wire facts of Exotel, frames from us. One instance a stream: its SID is put in once.
/// </remarks>
internal sealed class ExotelFrameWriter
{
    private const string MarkPrefix = "m";

    private readonly byte[] _mediaHead;
    private readonly byte[] _markHead;

    public ExotelFrameWriter(string streamSid)
    {
        _mediaHead = Encoding.UTF8.GetBytes($$"""{"event":"media","stream_sid":"{{streamSid}}","media":{"payload":" """.TrimEnd());
        _markHead = Encoding.UTF8.GetBytes($$"""{"event":"mark","stream_sid":"{{streamSid}}","mark":{"name":"{{MarkPrefix}}""");
        Clear = Encoding.UTF8.GetBytes($$"""{"event":"clear","stream_sid":"{{streamSid}}"}""");
    }

    /// <summary>The clear frame.</summary>
    public byte[] Clear { get; }

    /// <summary>Bytes that a media frame of so much PCM takes at most.</summary>
    public int MediaLength(int pcmBytes) => _mediaHead.Length + Base64.GetMaxEncodedToUtf8Length(pcmBytes) + 3;

    /// <returns>Bytes written.</returns>
    public int WriteMedia(ReadOnlySpan<byte> pcm, Span<byte> frame)
    {
        _mediaHead.CopyTo(frame);
        Base64.EncodeToUtf8(pcm, frame[_mediaHead.Length..], out _, out int encoded);
        int length = _mediaHead.Length + encoded;
        "\"}}"u8.CopyTo(frame[length..]);
        return length + 3;
    }

    /// <returns>Bytes written; at most 160.</returns>
    public int WriteMark(long mark, Span<byte> frame)
    {
        _markHead.CopyTo(frame);
        Utf8Formatter.TryFormat(mark, frame[_markHead.Length..], out int digits);
        int length = _markHead.Length + digits;
        "\"}}"u8.CopyTo(frame[length..]);
        return length + 3;
    }

    /// <summary>The number of a mark that came back; -1: not one of ours.</summary>
    public static long ParseMark(ReadOnlySpan<byte> name) =>
        name.Length > 1 && name[0] == MarkPrefix[0] && Utf8Parser.TryParse(name[1..], out long mark, out int used) && used == name.Length - 1 ? mark : -1;
}
