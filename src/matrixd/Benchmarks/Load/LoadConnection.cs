using System.Net.Sockets;
using System.Runtime.InteropServices;
using Matrixd.Transport;

namespace Matrixd.Benchmarks;

/// <summary>One socket of the load, plain or TLS: read in place in a buffer that all share, written at once where the socket takes it.</summary>
/// <remarks>Belongs to the loop's one thread. Lives until <see cref="Close"/>, or until the other side ends it, which <see cref="OnLost"/> tells.</remarks>
internal abstract unsafe class LoadConnection
{
    private readonly LoadLoop _loop;
    private readonly Socket _socket;
    private readonly int _fd;
    private nint _ssl;
    private bool _handshaking;
    private bool _armed;
    private byte[] _kept = [];
    private int _keptLength;
    private byte[] _out = [];
    private int _outLength;

    /// <param name="socket">Connected and non-blocking; owned from here on.</param>
    /// <param name="ssl">0: plain.</param>
    protected LoadConnection(LoadLoop loop, Socket socket, nint ssl)
    {
        _loop = loop;
        _socket = socket;
        _fd = (int)socket.SafeHandle.DangerousGetHandle();
        _ssl = ssl;
        _handshaking = ssl != 0;
    }

    public bool IsClosed { get; private set; }

    /// <summary>Speaks WebSocket; before that HTTP.</summary>
    protected bool IsUpgraded { get; set; }

    /// <summary>Begins to read.</summary>
    public void Open()
    {
        _loop.Add(_fd, this);
        if (_handshaking)
        {
            Shake();
        }
    }

    public void Write(ReadOnlySpan<byte> bytes)
    {
        if (IsClosed)
        {
            return;
        }

        int taken = _outLength > 0 || _handshaking ? 0 : Put(bytes);
        if (taken >= 0 && taken < bytes.Length)
        {
            LoadBuffers.Append(ref _out, ref _outLength, bytes[taken..]);
            Arm(!_handshaking);
        }
    }

    /// <summary>A frame that is rare: built, masked where asked, sent.</summary>
    public void Send(WebSocketOpcode opcode, ReadOnlySpan<byte> payload, uint? mask)
    {
        byte[] frame = new byte[FrameWriter.SizeOf(payload.Length, mask.HasValue)];
        FrameWriter.Write(frame, opcode, payload, mask);
        Write(frame);
    }

    public void Close()
    {
        if (!IsClosed)
        {
            IsClosed = true;
            _loop.Remove(_fd);
            if (_ssl != 0)
            {
                LibSsl.SSL_free(_ssl);
                LibSsl.ERR_clear_error(); // what is left of this connection must not be read as a fault of the next
                _ssl = 0;
            }

            _socket.Dispose();
        }
    }

    /// <summary>The socket has something to say.</summary>
    public void OnEvent(int events)
    {
        if (_handshaking)
        {
            Shake();
            return;
        }

        if ((events & LibC.EpollOut) != 0)
        {
            Drain();
        }

        if (!IsClosed && (events & ~LibC.EpollOut) != 0)
        {
            Read();
        }
    }

    /// <summary>Takes what has come.</summary>
    /// <returns>Bytes used; the rest comes again with what follows.</returns>
    protected abstract int Parse(Span<byte> data);

    /// <summary>The other side has ended the connection.</summary>
    protected abstract void OnLost();

    private void Lose()
    {
        if (!IsClosed)
        {
            Close();
            OnLost();
        }
    }

    private void Shake()
    {
        int result = LibSsl.SSL_do_handshake(_ssl);
        if (result == 1)
        {
            _handshaking = false;
            Drain();
            if (!IsClosed && LibSsl.SSL_has_pending(_ssl) != 0)
            {
                Read(); // came with the handshake's last read: the socket will not tell of it again
            }

            return;
        }

        switch (LibSsl.SSL_get_error(_ssl, result))
        {
            case LibSsl.WantRead: Arm(false); break;
            case LibSsl.WantWrite: Arm(true); break;
            default: Lose(); break;
        }
    }

    private void Read()
    {
        bool more;
        do
        {
            Span<byte> buffer = _loop.Scratch;
            _kept.AsSpan(0, _keptLength).CopyTo(buffer);
            int read = Get(buffer[_keptLength..]);
            if (read <= 0)
            {
                if (read < 0)
                {
                    Lose();
                }

                return;
            }

            int whole = _keptLength + read;
            _keptLength = 0;
            int used = Parse(buffer[..whole]);
            if (IsClosed)
            {
                return;
            }

            LoadBuffers.Append(ref _kept, ref _keptLength, buffer[used..whole]);
            more = _ssl != 0 && LibSsl.SSL_has_pending(_ssl) != 0;
        }
        while (more);
    }

    // 0: nothing is there; -1: over.
    private int Get(Span<byte> buffer)
    {
        fixed (byte* to = buffer)
        {
            if (_ssl == 0)
            {
                int read = (int)LibC.recv(_fd, to, buffer.Length, 0);
                return read > 0 ? read : read < 0 && Marshal.GetLastPInvokeError() == LibC.Again ? 0 : -1;
            }

            int got = LibSsl.SSL_read(_ssl, to, buffer.Length);
            return got > 0 ? got : LibSsl.SSL_get_error(_ssl, got) == LibSsl.WantRead ? 0 : -1;
        }
    }

    // Bytes that the socket took; -1: broken, of which the reading side hears.
    private int Put(ReadOnlySpan<byte> bytes)
    {
        int done = 0;
        fixed (byte* from = bytes)
        {
            while (done < bytes.Length)
            {
                int wrote = _ssl != 0
                    ? LibSsl.SSL_write(_ssl, from + done, bytes.Length - done)
                    : (int)LibC.send(_fd, from + done, bytes.Length - done, LibC.NoSignal);
                if (wrote <= 0)
                {
                    bool full = _ssl != 0 ? LibSsl.SSL_get_error(_ssl, wrote) == LibSsl.WantWrite : Marshal.GetLastPInvokeError() == LibC.Again;
                    if (!full)
                    {
                        LibSsl.ERR_clear_error();
                    }

                    return full ? done : -1;
                }

                done += wrote;
            }
        }

        return done;
    }

    private void Drain()
    {
        int taken = Put(_out.AsSpan(0, _outLength));
        if (taken < 0)
        {
            Lose();
            return;
        }

        _out.AsSpan(taken, _outLength - taken).CopyTo(_out);
        _outLength -= taken;
        if (_outLength == 0)
        {
            _out = [];
        }

        Arm(_outLength > 0);
    }

    private void Arm(bool output)
    {
        if (_armed != output)
        {
            _armed = output;
            _loop.Modify(_fd, output);
        }
    }
}
