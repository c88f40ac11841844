using System.Buffers.Text;
using System.Text;
using Matrixd.Transport;

namespace Matrixd.Benchmarks;

/// <summary>Writes what a caller sends each 20 ms, without allocating.</summary>
/// <remarks>The bytes lie in one buffer that all calls share: they are sent before the next call writes.</remarks>
internal sealed class LoadFrame(string streamSid, uint mask)
{
    // A media frame is 650 bytes; marks that are due go out beside it.
    private static readonly byte[] s_text = new byte[2048];
    private static readonly byte[] s_bytes = new byte[8192];

    private readonly byte[] _media = Encoding.ASCII.GetBytes("\",\"stream_sid\":\"" + streamSid + "\",\"media\":{\"chunk\":\"");
    private readonly byte[] _mark = Encoding.ASCII.GetBytes("\",\"stream_sid\":\"" + streamSid + "\",\"mark\":{\"name\":\"");
    private long _sequence;
    private int _length;
    private int _text;

    /// <summary>Frames written since <see cref="BeginMedia"/>, headers and all.</summary>
    public ReadOnlySpan<byte> Bytes => s_bytes.AsSpan(0, _length);

    public long NextSequence() => ++_sequence;

    /// <param name="frame">Frames sent before this one.</param>
    /// <param name="payload">Base64.</param>
    public void BeginMedia(long frame, ReadOnlySpan<byte> payload)
    {
        _length = 0;
        _text = 0;
        Put("""{"event":"media","sequence_number":" """u8[..^1]);
        Put(NextSequence());
        Put(_media);
        Put(frame + 1);
        Put("\",\"timestamp\":\""u8);
        Put(frame * LoadTraffic.FrameMilliseconds);
        Put("\",\"payload\":\""u8);
        Put(payload);
        Put("\"}}"u8);
        Finish();
    }

    public void AppendMark(ReadOnlySpan<byte> name)
    {
        _text = 0;
        Put("""{"event":"mark","sequence_number":" """u8[..^1]);
        Put(NextSequence());
        Put(_mark);
        Put(name);
        Put("\"}}"u8);
        Finish();
    }

    private void Put(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(s_text.AsSpan(_text));
        _text += bytes.Length;
    }

    private void Put(long number)
    {
        Utf8Formatter.TryFormat(number, s_text.AsSpan(_text), out int digits);
        _text += digits;
    }

    private void Finish()
    {
        FrameWriter.Write(s_bytes.AsSpan(_length), WebSocketOpcode.Text, s_text.AsSpan(0, _text), mask);
        _length += FrameWriter.SizeOf(_text, masked: true);
    }
}
