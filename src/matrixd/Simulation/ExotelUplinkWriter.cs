using System.Buffers.Text;
using System.Text;

namespace Matrixd.Simulation;

/// <summary>Writes what Exotel sends: snake_case, numbers in quotation marks.</summary>
/// <remarks>Owned by one caller and called under its lock; the span is valid until the next call. Nothing is allocated for a media frame.</remarks>
internal sealed class ExotelUplinkWriter(CallerOptions options)
{
    private const int Overhead = 160; // a media frame's JSON around stream sid and payload

    private readonly byte[] _streamSid = Encoding.UTF8.GetBytes(options.StreamSid);
    private byte[] _buffer = new byte[1024];
    private int _length;

    /// <summary>Of the last message; <c>connected</c> has none.</summary>
    public long Sequence { get; private set; }

    public static ReadOnlySpan<byte> Connected => "{\"event\":\"connected\"}"u8;

    public byte[] Start(IReadOnlyList<KeyValuePair<string, string>> custom)
    {
        string parameters = string.Join(',', custom.Select(p => $"\"{JsonText.Escape(p.Key)}\":\"{JsonText.Escape(p.Value)}\""));
        string sid = JsonText.Escape(options.StreamSid);
        return Encoding.UTF8.GetBytes(
            $"{{\"event\":\"start\",\"sequence_number\":\"{++Sequence}\",\"stream_sid\":\"{sid}\",\"start\":{{\"stream_sid\":\"{sid}\","
            + $"\"call_sid\":\"{JsonText.Escape(options.CallSid)}\",\"account_sid\":\"{JsonText.Escape(options.AccountSid)}\","
            + $"\"from\":\"{JsonText.Escape(options.From)}\",\"to\":\"{JsonText.Escape(options.To)}\",\"custom_parameters\":{{{parameters}}},"
            + $"\"media_format\":{{\"encoding\":\"base64\",\"sample_rate\":\"{options.Audio.Rate}\",\"bit_rate\":\"{options.Audio.Rate * 16 / 1000}kbps\"}}}}}}");
    }

    /// <param name="number">Frames from 1.</param>
    /// <param name="timestamp">[ms]</param>
    /// <param name="base64">The payload.</param>
    public ReadOnlySpan<byte> Media(long number, long timestamp, ReadOnlySpan<byte> base64)
    {
        int most = Overhead + _streamSid.Length + base64.Length;
        if (_buffer.Length < most)
        {
            _buffer = new byte[most];
        }

        _length = 0;
        Put("{\"event\":\"media\",\"sequence_number\":\""u8);
        Put(++Sequence);
        Put("\",\"stream_sid\":\""u8);
        Put(_streamSid);
        Put("\",\"media\":{\"chunk\":\""u8);
        Put(number);
        Put("\",\"timestamp\":\""u8);
        Put(timestamp);
        Put("\",\"payload\":\""u8);
        Put(base64);
        Put("\"}}"u8);
        return _buffer.AsSpan(0, _length);
    }

    public byte[] Mark(string name) => Encoding.UTF8.GetBytes(
        $$$"""{"event":"mark","sequence_number":"{{{++Sequence}}}","stream_sid":"{{{options.StreamSid}}}","mark":{"name":"{{{JsonText.Escape(name)}}}"}}""");

    public byte[] Dtmf(char digit, int milliseconds) => Encoding.UTF8.GetBytes(
        $$$"""{"event":"dtmf","sequence_number":"{{{++Sequence}}}","stream_sid":"{{{options.StreamSid}}}","dtmf":{"digit":"{{{digit}}}","duration":"{{{milliseconds}}}"}}""");

    public byte[] Stop(string reason) => Encoding.UTF8.GetBytes(
        $$$"""{"event":"stop","sequence_number":"{{{++Sequence}}}","stream_sid":"{{{options.StreamSid}}}","stop":{"call_sid":"{{{options.CallSid}}}","account_sid":"{{{options.AccountSid}}}","reason":"{{{reason}}}"}}""");

    private void Put(ReadOnlySpan<byte> text)
    {
        text.CopyTo(_buffer.AsSpan(_length));
        _length += text.Length;
    }

    private void Put(long number)
    {
        Utf8Formatter.TryFormat(number, _buffer.AsSpan(_length), out int written);
        _length += written;
    }
}
