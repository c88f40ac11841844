using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Matrixd.Transport;

namespace Matrixd.Benchmarks;

/// <summary>Gemini's end of one connection: the requests that a daemon makes, or a session that listens and answers.</summary>
/// <remarks>Belongs to the loop's thread.</remarks>
internal sealed class LoadSession(LoadLoop loop, Socket socket, nint ssl, LoadFigures figures, Func<int, LoadCall?> callOf) : LoadConnection(loop, socket, ssl)
{
    // The prompt of the bench's agent says who calls; so a session finds its call.
    private const string CallerPrefix = "07";

    // A piece of this size from the middle of a message tells speech from silence: base64 of zeros.
    private static ReadOnlySpan<byte> Silence => "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"u8;

    // Speech may begin so many frames from where the caller began it: a filter's delay, and messages of up to 100 ms.
    private const int Tolerance = 6;

    private bool _speaking;

    public LoadCall? Call { get; set; }

    /// <summary>Audio that came [bytes at 16 kHz].</summary>
    public long Heard { get; private set; }

    /// <summary>Messages of silence in a row.</summary>
    public int Silent { get; private set; }

    /// <summary>Messages of speech since the last answer.</summary>
    public int Spoken { get; set; }

    public static string CallerNumber(int index) => string.Create(CultureInfo.InvariantCulture, $"{CallerPrefix}{index:D8}");

    /// <summary>Sends a message as the service does: binary.</summary>
    public void Say(ReadOnlySpan<byte> json) => Send(WebSocketOpcode.Binary, json, null);

    protected override int Parse(Span<byte> data)
    {
        int used = 0;
        while (!IsUpgraded)
        {
            int request = LoadRequests.Take(data[used..], out bool upgrade, out byte[] answer);
            if (request == 0)
            {
                return used;
            }

            used += request;
            IsUpgraded = upgrade;
            Write(answer);
        }

        long now = LoadUsage.Now;
        while (!IsClosed && FrameHeader.TryRead(data[used..], out FrameHeader header, out int size) && data.Length - used - size >= (long)header.Length)
        {
            Span<byte> payload = data.Slice(used + size, (int)header.Length);
            FrameMask.Apply(payload, payload, header.Mask, 0);
            Receive(header.Opcode, payload, now);
            used += size + (int)header.Length;
        }

        return used;
    }

    protected override void OnLost()
    {
        if (Call is { } call && call.Session == this)
        {
            call.Session = null;
        }
    }

    private void Receive(WebSocketOpcode opcode, ReadOnlySpan<byte> payload, long now)
    {
        if (opcode == WebSocketOpcode.Close)
        {
            Close();
            OnLost();
        }
        else if (opcode == WebSocketOpcode.Ping)
        {
            Send(WebSocketOpcode.Pong, payload, null);
        }
        else if (opcode == WebSocketOpcode.Text && Call is { } call)
        {
            Hear(call, payload, now);
        }
        else if (opcode == WebSocketOpcode.Text)
        {
            SetUp(payload);
        }
    }

    private void SetUp(ReadOnlySpan<byte> payload)
    {
        string text = Encoding.UTF8.GetString(payload);
        int at = text.IndexOf("caller is " + CallerPrefix, StringComparison.Ordinal);
        if (at < 0 || !int.TryParse(text.AsSpan(at + 12, Math.Min(8, text.Length - at - 12)), CultureInfo.InvariantCulture, out int index) || callOf(index) is not { } call)
        {
            Close();
            return;
        }

        if (call.Session is { } old)
        {
            // A daemon that goes on over a new connection: what was heard counts on.
            Heard = old.Heard;
            old.Call = null;
        }

        Call = call;
        call.Session = this;
        Say("{\n  \"setupComplete\": {}\n}\n"u8);
    }

    private void Hear(LoadCall call, ReadOnlySpan<byte> payload, long now)
    {
        int data = payload[..Math.Min(128, payload.Length)].IndexOf("\"data\":\""u8);
        if (data < 0)
        {
            return;
        }

        ReadOnlySpan<byte> text = payload[(data + 8)..payload.LastIndexOf((byte)'"')];
        bool speech = text.Length > Silence.Length * 2 && !text.Slice(text.Length / 2, Silence.Length).SequenceEqual(Silence);
        long before = Heard / LoadTraffic.ModelFrameBytes;
        Heard += (text.Length / 4 * 3) - (text.EndsWith("=="u8) ? 2 : text.EndsWith("="u8) ? 1 : 0);
        long after = Heard / LoadTraffic.ModelFrameBytes;
        figures.FramesHeard += after - before;
        if (call.SentAt(after - 1) is var sent && sent > 0)
        {
            figures.Uplink.Add(now - sent);
        }

        Note(call, speech, before);
    }

    private void Note(LoadCall call, bool speech, long frame)
    {
        if (speech && !_speaking && frame > 0)
        {
            // Speech begins where the caller began it: else frames are lost, doubled or shifted.
            long off = (call.Offset + frame) % LoadTraffic.CycleFrames;
            figures.Misaligned += off is > Tolerance and < LoadTraffic.CycleFrames - Tolerance ? 1 : 0;
        }

        _speaking = speech;
        Silent = speech ? 0 : Silent + 1;
        Spoken += speech ? 1 : 0;
    }
}
