using System.Text.Unicode;
using Matrixd.Memory;

namespace Matrixd.Transport;

/// <summary>Turns the bytes of one peer into messages. Source: RFC 6455 §5.</summary>
/// <remarks>
/// Bytes are pushed in pieces of any size and are used up at once: nothing waits in the pipe below, however long a frame is.
/// A message that lies whole in one piece is unmasked where it lies and lent from there; any other is put together in a
/// pooled buffer that goes back with its last byte. One thread. <see cref="Release"/> ends its life.
/// </remarks>
internal sealed class FrameReader : IHot
{
    private readonly bool _masked;
    private TrafficGuard _guard;
    private readonly MessageBuffer _message = new();
    private readonly byte[] _control = new byte[ClosePayload.MaxSize];
    private readonly byte[] _head = new byte[FrameHeader.MaxSize];
    private int _headCount; // bytes of a head that was cut in two
    private int _controlCount;
    private bool _inFrame;
    private FrameHeader _header;
    private ulong _left; // payload of the frame still to come
    private bool _inMessage; // a fragmented message has begun
    private WebSocketOpcode _opcode; // of the message
    private bool _skipping;
    private bool _stopped;

    /// <param name="limits">What the peer may cost us.</param>
    /// <param name="fromClient">True where the peer is the client, whose frames are masked.</param>
    /// <param name="clock">Time for the rates.</param>
    public FrameReader(WebSocketLimits limits, bool fromClient, TimeProvider clock)
    {
        _masked = fromClient;
        _guard = new TrafficGuard(limits, clock);
    }

    /// <summary>Takes all of <paramref name="data"/>, which is overwritten where it was masked.</summary>
    /// <remarks>
    /// After a violation nothing is checked, delivered or kept any more: frames are walked over until the peer's close frame.
    /// What the handler throws passes through; the reader is then good for nothing but <see cref="Release"/>.
    /// </remarks>
    /// <returns>False once nothing more is to be read: <see cref="Stop"/> was called, or a close frame went by after a violation.</returns>
    public bool Push(Span<byte> data, IFrameHandler handler)
    {
        while (!data.IsEmpty && !_stopped)
        {
            if (!_inFrame && !BeginFrame(ref data, handler))
            {
                continue;
            }

            int size = (int)Math.Min(_left, (ulong)data.Length);
            Span<byte> piece = data[..size];
            data = data[size..];
            if (_skipping)
            {
                Skip(size);
            }
            else if (_header.IsControl)
            {
                TakeControl(piece, handler);
            }
            else
            {
                TakeData(piece, handler);
            }
        }

        return !_stopped;
    }

    /// <summary>Ends reading; called from within <see cref="Push"/> by its handler, too.</summary>
    public void Stop() => _stopped = true;

    /// <summary>Gives back what an unfinished message held; the reader is over.</summary>
    public void Release()
    {
        _stopped = true;
        _message.Release();
    }

    // True once a head is complete and the frame may come.
    private bool BeginFrame(ref Span<byte> data, IFrameHandler handler)
    {
        int size;
        if (_headCount == 0 && FrameHeader.TryRead(data, out _header, out size))
        {
            data = data[size..];
        }
        else if (!TakeHeadPiece(ref data))
        {
            return false;
        }

        _left = _header.Length;
        _controlCount = 0;
        _inFrame = true;
        if (!_skipping && Check() is { } violation)
        {
            Fail(violation, handler);
        }

        return true;
    }

    // A head that is cut in two is put together byte by byte.
    private bool TakeHeadPiece(ref Span<byte> data)
    {
        while (!data.IsEmpty)
        {
            _head[_headCount++] = data[0];
            data = data[1..];
            if (FrameHeader.TryRead(_head.AsSpan(0, _headCount), out _header, out _))
            {
                _headCount = 0;
                return true;
            }
        }

        return false;
    }

    private FrameViolation? Check()
    {
        if (FrameRules.Check(_header, _masked) is { } violation)
        {
            return violation;
        }

        if (!_header.IsControl)
        {
            // §5.4: a message is one data frame, then continuations; "fragments of one message MUST NOT be interleaved"
            bool continues = _header.Opcode == WebSocketOpcode.Continuation;
            if (continues != _inMessage)
            {
                return new FrameViolation(CloseCodes.ProtocolError, continues ? "continuation of nothing" : "new message within a fragmented one");
            }

            if (!continues)
            {
                _opcode = _header.Opcode;
            }

            _inMessage = !_header.Fin;
        }

        return _guard.Check(_header, _message.Length);
    }

    private void TakeControl(Span<byte> piece, IFrameHandler handler)
    {
        Unmask(piece, piece);
        _left -= (uint)piece.Length;
        if (_left == 0 && _controlCount == 0)
        {
            _inFrame = false;
            handler.OnControl(_header.Opcode, piece);
            return;
        }

        piece.CopyTo(_control.AsSpan(_controlCount));
        _controlCount += piece.Length;
        if (_left == 0)
        {
            _inFrame = false;
            handler.OnControl(_header.Opcode, _control.AsSpan(0, _controlCount));
        }
    }

    private void TakeData(Span<byte> piece, IFrameHandler handler)
    {
        bool last = _left == (uint)piece.Length;
        if (last && _header.Fin && _message.Length == 0)
        {
            Unmask(piece, piece);
            _inFrame = false;
            Deliver(piece, handler);
            return;
        }

        Unmask(piece, _message.Extend(piece.Length, (long)_left));
        _left -= (uint)piece.Length;
        _inFrame = !last;
        if (last && _header.Fin)
        {
            Deliver(_message.Written, handler);
            _message.Release();
        }
    }

    private void Deliver(ReadOnlySpan<byte> message, IFrameHandler handler)
    {
        // §8.1: text that is not UTF-8 fails the connection.
        if (_opcode == WebSocketOpcode.Text && !Utf8.IsValid(message))
        {
            Fail(new FrameViolation(CloseCodes.BadData, "text is not UTF-8"), handler);
            return;
        }

        handler.OnMessage(_opcode, message);
    }

    private void Unmask(ReadOnlySpan<byte> piece, Span<byte> destination)
    {
        if (_masked)
        {
            FrameMask.Apply(piece, destination, _header.Mask, (int)((_header.Length - _left) & 3));
        }
        else if (!piece.Overlaps(destination))
        {
            piece.CopyTo(destination);
        }
    }

    private void Skip(int size)
    {
        _left -= (uint)size;
        if (_left > 0)
        {
            return;
        }

        _inFrame = false;
        _stopped = _header.Opcode == WebSocketOpcode.Close;
    }

    private void Fail(FrameViolation violation, IFrameHandler handler)
    {
        _message.Release();
        _skipping = true;
        handler.OnViolation(violation);
    }

    public void AddTo(HotSet set) => set.Add(_message);
}
