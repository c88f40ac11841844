using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Matrixd.Transport;

namespace Matrixd.Benchmarks;

internal enum LoadCallState
{
    Calling,
    Live,
    Ending,
    Ended,
}

/// <summary>Exotel's end of one call: frames on time, and an ear that notices when nothing is left to play.</summary>
/// <remarks>Belongs to the loop's thread. The model's end is <see cref="Session"/>.</remarks>
internal sealed class LoadCall : LoadConnection
{
    // 20 s of frames whose time of sending is known: more than any daemon keeps back.
    private const int History = 1024;

    // Callers do not speak in chorus: any odd step spreads them over the cycle.
    private const int CycleStep = 149;

    private const uint Mask = 0x6DB24E91;

    private readonly LoadFigures _figures;
    private readonly long[] _stamps = new long[History];
    private readonly LoadFrame _frame;
    private readonly LoadEar _ear;
    private readonly string _streamSid;

    public LoadCall(LoadLoop loop, Socket socket, int index, long run, LoadFigures figures)
        : base(loop, socket, 0)
    {
        Index = index;
        Offset = index * CycleStep % LoadTraffic.CycleFrames;
        _figures = figures;
        _streamSid = string.Create(CultureInfo.InvariantCulture, $"{run:x16}{index:x16}");
        _frame = new LoadFrame(_streamSid, Mask);
        _ear = new LoadEar(figures);
    }

    public int Index { get; }

    /// <summary>Where in the cycle it began [frames].</summary>
    public int Offset { get; }

    public LoadCallState State { get; private set; }

    /// <summary>Frames sent.</summary>
    public long Sent { get; private set; }

    /// <summary>Frames sent by the begin or end of the window.</summary>
    public long SentAtMark { get; set; }

    /// <summary>Gemini's end; null before it is there.</summary>
    public LoadSession? Session { get; set; }

    /// <summary>The model's present answer.</summary>
    public LoadTurn Turn { get; set; } = new();

    /// <summary>When a frame was sent [ns]; 0 where that is forgotten or yet to come.</summary>
    public long SentAt(long frame) => frame >= 0 && frame < Sent && Sent - frame < History ? _stamps[frame % History] : 0;

    /// <summary>Asks for the upgrade.</summary>
    public void Dial(LoadTarget target)
    {
        Open();
        string authorization = target.Credentials.Length > 0 ? $"Authorization: Basic {target.Credentials}\r\n" : "";
        Write(Encoding.ASCII.GetBytes(
            $"GET {target.Path} HTTP/1.1\r\nHost: {target.Address}\r\nUser-Agent: Go-http-client/1.1\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\nUpgrade: websocket\r\n{authorization}\r\n"));
    }

    /// <summary>Sends its next 20 ms.</summary>
    /// <param name="due">When it should be sent [ns].</param>
    public void Tick(LoadTraffic traffic, long due)
    {
        if (State == LoadCallState.Ending)
        {
            Close();
            End();
            return;
        }

        if (State != LoadCallState.Live)
        {
            return;
        }

        long now = LoadUsage.Now;
        _figures.Lag.Add(now - due);
        _stamps[Sent % History] = now;
        _frame.BeginMedia(Sent, traffic.Payload(Offset + Sent));
        Sent++;
        _figures.FramesSent++;
        while (_ear.TryEcho(now, out byte[]? mark))
        {
            _frame.AppendMark(mark);
        }

        Write(_frame.Bytes);
    }

    /// <summary>Hangs up; the socket follows with the next tick, as Exotel's does within 20 ms.</summary>
    public void Stop()
    {
        if (State == LoadCallState.Live)
        {
            string stop = $$$$"""{"event":"stop","sequence_number":"{{{{_frame.NextSequence()}}}}","stream_sid":"{{{{_streamSid}}}}","stop":{"call_sid":"call{{{{_streamSid}}}}","account_sid":"bench","reason":"callended"}}""";
            Send(WebSocketOpcode.Text, Encoding.ASCII.GetBytes(stop), Mask);
            State = LoadCallState.Ending;
        }
        else if (State == LoadCallState.Calling)
        {
            State = LoadCallState.Ending;
            Close();
            End();
        }
    }

    protected override int Parse(Span<byte> data)
    {
        int used = 0;
        if (!IsUpgraded)
        {
            int end = data.IndexOf("\r\n\r\n"u8);
            if (end < 0)
            {
                return 0;
            }

            if (!data.StartsWith("HTTP/1.1 101"u8))
            {
                Close();
                End();
                return 0;
            }

            used = end + 4;
            IsUpgraded = true;
            Greet();
        }

        long now = LoadUsage.Now;
        while (!IsClosed && FrameHeader.TryRead(data[used..], out FrameHeader header, out int size) && data.Length - used - size >= (long)header.Length)
        {
            Receive(header.Opcode, data.Slice(used + size, (int)header.Length), now);
            used += size + (int)header.Length;
        }

        return used;
    }

    protected override void OnLost() => End();

    private void Receive(WebSocketOpcode opcode, ReadOnlySpan<byte> payload, long now)
    {
        switch (opcode)
        {
            case WebSocketOpcode.Text:
                _ear.Hear(payload, Turn, now);
                break;
            case WebSocketOpcode.Ping:
                Send(WebSocketOpcode.Pong, payload, Mask);
                break;
            case WebSocketOpcode.Close:
                Close();
                End();
                break;
        }
    }

    private void Greet()
    {
        string start = $$$$"""{"event":"start","sequence_number":"{{{{_frame.NextSequence()}}}}","stream_sid":"{{{{_streamSid}}}}","start":{"stream_sid":"{{{{_streamSid}}}}","call_sid":"call{{{{_streamSid}}}}","account_sid":"bench","from":"{{{{LoadSession.CallerNumber(Index)}}}}","to":"08040000000","custom_parameters":{},"media_format":{"encoding":"base64","sample_rate":"8000","bit_rate":"128kbps"}}}""";
        Send(WebSocketOpcode.Text, """{"event":"connected"}"""u8, Mask);
        Send(WebSocketOpcode.Text, Encoding.ASCII.GetBytes(start), Mask);
        State = LoadCallState.Live;
    }

    private void End()
    {
        if (State != LoadCallState.Ending)
        {
            _figures.CallsLost++;
        }

        State = LoadCallState.Ended;
        if (Session is { } session)
        {
            session.Call = null;
            Session = null;
        }
    }
}
