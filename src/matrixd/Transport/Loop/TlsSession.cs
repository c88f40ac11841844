using System.Globalization;
using System.Net;

namespace Matrixd.Transport.Loop;

/// <summary>One TLS connection of ours: OpenSSL turns bytes into records and back, in the loop's memory; the socket, which does not block, is ours.</summary>
/// <remarks>Belongs to one <see cref="LoopConnection"/> and its loop's thread, its making apart. Owns native memory until <see cref="Dispose"/>.</remarks>
internal sealed unsafe partial class TlsSession : IDisposable
{
    // Bytes encrypted at once: their records are all that waits for room, however large a write is.
    private const int MostAtOnce = 64 * 1024;

    private readonly TlsOutbox _outbox = new();
    private nint _ssl;
    private TlsMemory? _memory; // of the loop that it is on, from the first step of the handshake on
    private byte[]? _held; // came with the handshake's last record
    private bool _isBroken; // OpenSSL allows nothing more after a fatal error

    /// <param name="context">An SSL_CTX.</param>
    /// <param name="target">Whom the certificate must be for.</param>
    public TlsSession(nint context, WebSocketDialTarget target)
    {
        Target = target;
        _ssl = OpenSsl.New(context);
        if (_ssl == 0)
        {
            throw new IOException("OpenSSL has no memory left for a session");
        }

        nint parameters = OpenSsl.GetVerifyParameters(_ssl);
        OpenSsl.SetHostFlags(parameters, OpenSsl.HostFlagNoPartialWildcards);
        bool isNamed;
        if (IPAddress.TryParse(target.Host, out IPAddress? address))
        {
            isNamed = OpenSsl.SetAddress(parameters, address.ToString()) == 1;
        }
        else
        {
            string name = new IdnMapping().GetAscii(target.Host);
            isNamed = OpenSsl.SetHost(parameters, name, 0) == 1 && OpenSsl.Control(_ssl, OpenSsl.CtrlSetHostName, 0, name) == 1;
        }

        if (!isNamed)
        {
            Dispose();
            throw new IOException($"'{target.Host}' is not a name that a certificate could be for");
        }

        OpenSsl.SetConnectState(_ssl);
    }

    public WebSocketDialTarget Target { get; }

    /// <summary>True while the kernel has too little room for records that are made already.</summary>
    public bool HasUnsent => _outbox.IsWaiting;

    /// <summary>Reads what has arrived, at most what fits.</summary>
    /// <param name="pending">True where there is more, of which the socket does not know.</param>
    public IoResult Read(int fd, Span<byte> buffer, out int count, out bool pending, out Exception? error)
    {
        TlsMemory memory = _memory!;
        if (_held is { } held)
        {
            TlsMemory.Put(memory.In, held);
            _held = null;
        }

        IoResult socket = LoopSocket.Read(fd, memory.Records, out int received, out Exception? socketError);
        TlsMemory.Put(memory.In, memory.Records[..received]);
        IoResult result = Decrypt(buffer, out count, out error);
        pending = result == IoResult.Done;
        if (pending)
        {
            Hold();
        }

        if (OpenSsl.BioPending(memory.Out) > 0 && Send(fd, out Exception? sendError) == IoResult.Failed && result is IoResult.WantsRead or IoResult.Done)
        {
            (result, error) = (IoResult.Failed, sendError);
        }

        if (result != IoResult.WantsRead)
        {
            memory.Clear();
            return result;
        }

        error = socketError;
        return socket;
    }

    /// <summary>Writes some of <paramref name="bytes"/>.</summary>
    /// <param name="count">How many are the session's now; with <see cref="IoResult.WantsWrite"/> it has not got rid of them yet.</param>
    /// <returns><see cref="IoResult.WantsRead"/> where half of a ticket or the like has come: nothing is written before the rest was read.</returns>
    public IoResult Write(int fd, ReadOnlySpan<byte> bytes, out int count, out Exception? error)
    {
        count = 0;
        if (_isBroken)
        {
            error = new IOException("the connection is broken");
            return IoResult.Failed;
        }

        if (HasUnsent && Send(fd, out error) is var sent && sent != IoResult.Done)
        {
            return sent;
        }

        error = null;
        if (bytes.IsEmpty)
        {
            return IoResult.Done;
        }

        int written;
        fixed (byte* memory = bytes)
        {
            OpenSsl.ClearError();
            written = OpenSsl.Write(_ssl, memory, Math.Min(bytes.Length, MostAtOnce));
        }

        if (written <= 0)
        {
            if (Judge(written, out error) == IoResult.WantsRead)
            {
                return IoResult.WantsRead;
            }

            error ??= new IOException("the peer has ended the connection");
            _memory!.Clear();
            return IoResult.Failed;
        }

        count = written;
        return Send(fd, out error);
    }

    /// <summary>Sends records that waited for room. Where that fails, the next read or write tells.</summary>
    public void SendUnsent(int fd) => _ = Send(fd, out _);

    /// <summary>close_notify, if there is room for it.</summary>
    public void SayGoodbye(int fd)
    {
        if (!_isBroken && _memory is { } memory)
        {
            OpenSsl.ClearError();
            _ = OpenSsl.Shutdown(_ssl);
            _ = Send(fd, out _);
            memory.Clear();
        }
    }

    public void Dispose()
    {
        if (_ssl != 0)
        {
            OpenSsl.Free(_ssl);
            _ssl = 0;
            _outbox.Drop();
        }
    }

    private IoResult Decrypt(Span<byte> buffer, out int count, out Exception? error)
    {
        count = 0;
        error = null;
        IoResult result;
        do
        {
            int read;
            fixed (byte* memory = buffer[count..])
            {
                OpenSsl.ClearError();
                read = OpenSsl.Read(_ssl, memory, buffer.Length - count);
            }

            result = read > 0 ? IoResult.Done : Judge(read, out error);
            count += Math.Max(read, 0);
        }
        while (result == IoResult.Done && count < buffer.Length);

        return result;
    }

    private IoResult Send(int fd, out Exception? error)
    {
        IoResult result = _outbox.Send(fd, _memory!, out error);
        if (result == IoResult.Failed)
        {
            _isBroken = true; // records are missing from here on
            _outbox.Drop();
            _memory!.Clear();
        }

        return result;
    }

    // The loop's memory is another session's next: what is not decrypted yet stays here.
    private void Hold()
    {
        int count = (int)OpenSsl.BioPending(_memory!.In);
        if (count > 0)
        {
            _held = new byte[count];
            TlsMemory.Take(_memory.In, _held);
        }
    }

    private IoResult Judge(int result, out Exception? error)
    {
        error = null;
        switch (OpenSsl.GetError(_ssl, result))
        {
            case OpenSsl.ErrorWantRead: return IoResult.WantsRead;
            case OpenSsl.ErrorZeroReturn: return IoResult.Ended;
            default:
                _isBroken = true;
                int reason = OpenSsl.TakeReason(out string text);
                error = reason is 0 or OpenSsl.ReasonUnexpectedEof ? null : new IOException($"TLS: {text}");
                return error is null ? IoResult.Ended : IoResult.Failed;
        }
    }
}
