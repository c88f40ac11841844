using System.Text.Json;
using Matrixd.Exotel;
using Matrixd.Memory;
using Matrixd.Transport;

namespace Matrixd.Diagnostics;

/// <summary>Watches one socket of the carrier: nobody's at first, a call's from its start on.</summary>
/// <remarks>What comes before the start is kept, within a bound; it comes on the receive loop, and nothing is sent before it.</remarks>
internal sealed class CallerTap(CallTaps taps, long origin) : ILinkTap, IHot
{
    // "connected" and the start itself; whoever sends more before it is no carrier.
    private const int MaxBefore = 4;
    private const int MaxBeforeBytes = 8 * 1024;

    private List<(long Micros, WebSocketOpcode Opcode, byte[] Message, int Batch)>? _before = [];
    private volatile CallTap? _call;
    private int _bytes;
    private int _batch = 1; // the receive loop's
    private int _closing;

    public void OnReceived(WebSocketOpcode opcode, ReadOnlySpan<byte> message)
    {
        if (_call is { } call)
        {
            call.Message(TapeLeg.Exotel, 1, isInbound: true, opcode, message, _batch);
        }
        else if (_before is not null)
        {
            Keep(opcode, message);
        }
    }

    public void OnBatchEnd() => _batch++;

    public void OnSent(WebSocketOpcode opcode, ReadOnlySpan<byte> message) => _call?.Message(TapeLeg.Exotel, 1, isInbound: false, opcode, message);

    public void OnClosing(ushort code, string reason)
    {
        if (Interlocked.Exchange(ref _closing, 1) == 0)
        {
            _call?.Event(TapeLeg.Exotel, 1, isInbound: false, TapeEvent.Close, code, reason);
        }
    }

    public void OnClosed(in WebSocketClose close)
    {
        if (_call is { } call)
        {
            call.Event(TapeLeg.Exotel, 1, isInbound: true, TapeEvent.Close, close.Code, close.Reason, TapeWords.Of(close.Cause));
            taps.CallerGone(call);
        }
    }

    private void Keep(WebSocketOpcode opcode, ReadOnlySpan<byte> message)
    {
        _bytes += message.Length;
        if (_before!.Count >= MaxBefore || _bytes > MaxBeforeBytes)
        {
            _before = null; // this becomes no call
            return;
        }

        byte[] copy = message.ToArray();
        _before.Add((taps.Since(origin), opcode, copy, _batch));
        if (StartOf(copy) is { } start && taps.Begin(start, origin) is { } call)
        {
            call.Opened();
            foreach ((long micros, WebSocketOpcode kind, byte[] earlier, int batch) in _before)
            {
                call.Earlier(micros, kind, earlier, batch);
            }

            _before = null;
            _call = call;
        }
    }

    private static ExotelStart? StartOf(byte[] message)
    {
        try
        {
            return ExotelFrameReader.Read(message).Event == ExotelEvent.Start ? ExotelStartReader.Read(message) : null;
        }
        catch (JsonException)
        {
            return null; // the leg says so, and closes
        }
    }

    public void AddTo(HotSet set) => set.Add(_call);
}
