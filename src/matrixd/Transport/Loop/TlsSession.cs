using System.Globalization;
using System.Net;
using System.Runtime.InteropServices;

namespace Matrixd.Transport.Loop;

/// <summary>One TLS connection of ours, by OpenSSL, on a socket that does not block.</summary>
/// <remarks>Belongs to one <see cref="LoopConnection"/> and its loop's thread, its making apart. Owns native memory until <see cref="Dispose"/>.</remarks>
internal sealed unsafe class TlsSession : IDisposable
{
    // The session whose handshake this thread is in: OpenSSL tells certificates' faults to a static function.
    [ThreadStatic]
    private static TlsSession? t_inHandshake;

    private nint _ssl;
    private bool _hasSocket;
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

    public static TlsSession? InHandshake => t_inHandshake;

    public WebSocketDialTarget Target { get; }

    /// <summary>X509_V_ERR_… of the first certificate that was refused; 0: none was.</summary>
    public int VerifyError { get; private set; }

    /// <summary>The server's own certificate, where one was refused; empty: it showed none.</summary>
    public byte[] Leaf { get; private set; } = [];

    /// <summary>A certificate, as its bytes.</summary>
    public static byte[] ToDer(nint certificate)
    {
        int size = certificate == 0 ? 0 : OpenSsl.ToDer(certificate, null);
        byte[] der = new byte[Math.Max(size, 0)];
        fixed (byte* bytes = der)
        {
            byte* at = bytes;
            return size > 0 && OpenSsl.ToDer(certificate, &at) == size ? der : [];
        }
    }

    public void Refuse(int error, byte[] leaf)
    {
        if (VerifyError == 0)
        {
            VerifyError = error;
            Leaf = leaf;
        }
    }

    /// <summary>Goes on with the handshake.</summary>
    /// <param name="reason">Of a failure: OpenSSL's reason; 0 where the system's or none.</param>
    /// <param name="text">Of a failure, in words.</param>
    public IoResult Handshake(int fd, out int reason, out string text)
    {
        reason = 0;
        text = "";
        if (!_hasSocket)
        {
            _hasSocket = OpenSsl.SetFd(_ssl, fd) == 1;
        }

        OpenSsl.ClearError();
        t_inHandshake = this;
        int result = OpenSsl.DoHandshake(_ssl);
        int error = Libc.Error;
        t_inHandshake = null;
        if (result == 1)
        {
            return OpenSsl.GetVerifyResult(_ssl) == 0 ? IoResult.Done : IoResult.Failed;
        }

        switch (OpenSsl.GetError(_ssl, result))
        {
            case OpenSsl.ErrorWantRead: return IoResult.WantsRead;
            case OpenSsl.ErrorWantWrite: return IoResult.WantsWrite;
            case OpenSsl.ErrorSystemCall:
                text = error == 0 ? "the server ended the connection" : Libc.Text(error);
                break;
            case OpenSsl.ErrorZeroReturn:
                text = "the server ended the connection";
                break;
            default:
                reason = OpenSsl.TakeReason(out text);
                break;
        }

        _isBroken = true;
        return reason is 0 or OpenSsl.ReasonUnexpectedEof ? IoResult.Ended : IoResult.Failed;
    }

    /// <summary>Reads what has arrived, at most what fits.</summary>
    /// <param name="pending">True where OpenSSL holds more, of which the socket does not know.</param>
    public IoResult Read(Span<byte> buffer, out int count, out bool pending, out Exception? error)
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
            pending = result == IoResult.Done && OpenSsl.HasPending(_ssl) == 1;
        }
        while (pending && count < buffer.Length);

        return result;
    }

    /// <summary>Writes some of <paramref name="bytes"/>; what is tried again must be the same bytes.</summary>
    public IoResult Write(ReadOnlySpan<byte> bytes, out int count, out Exception? error)
    {
        error = null;
        int written;
        fixed (byte* memory = bytes)
        {
            OpenSsl.ClearError();
            written = OpenSsl.Write(_ssl, memory, bytes.Length);
        }

        count = Math.Max(written, 0);
        IoResult result = written > 0 ? IoResult.Done : Judge(written, out error);
        if (result == IoResult.Ended)
        {
            error = new IOException("the peer has ended the connection");
            return IoResult.Failed;
        }

        return result;
    }

    /// <summary>close_notify, if there is room for it.</summary>
    public void SayGoodbye()
    {
        if (!_isBroken)
        {
            OpenSsl.ClearError();
            _ = OpenSsl.Shutdown(_ssl);
        }
    }

    /// <summary>What was agreed.</summary>
    public DialReport Describe()
    {
        nint certificate = OpenSsl.GetPeerCertificate(_ssl);
        byte[] der = ToDer(certificate);
        OpenSsl.CertificateFree(certificate);
        return TlsVerdict.Describe(
            der, Marshal.PtrToStringUTF8(OpenSsl.GetVersion(_ssl)) ?? "", Marshal.PtrToStringUTF8(OpenSsl.GetCipherName(OpenSsl.GetCipher(_ssl))) ?? "", Alpn());
    }

    public void Dispose()
    {
        if (_ssl != 0)
        {
            OpenSsl.Free(_ssl);
            _ssl = 0;
        }
    }

    private string Alpn()
    {
        byte* protocol;
        uint size;
        OpenSsl.GetAlpn(_ssl, &protocol, &size);
        return System.Text.Encoding.ASCII.GetString(new ReadOnlySpan<byte>(protocol, (int)size));
    }

    private IoResult Judge(int result, out Exception? error)
    {
        int system = Libc.Error;
        error = null;
        switch (OpenSsl.GetError(_ssl, result))
        {
            case OpenSsl.ErrorWantRead: return IoResult.WantsRead;
            case OpenSsl.ErrorWantWrite: return IoResult.WantsWrite;
            case OpenSsl.ErrorZeroReturn: return IoResult.Ended;
            case OpenSsl.ErrorSystemCall:
                _isBroken = true;
                error = system == 0 ? null : new IOException(Libc.Text(system));
                return system == 0 ? IoResult.Ended : IoResult.Failed;
            default:
                _isBroken = true;
                int reason = OpenSsl.TakeReason(out string text);
                error = reason == OpenSsl.ReasonUnexpectedEof ? null : new IOException($"TLS: {text}");
                return error is null ? IoResult.Ended : IoResult.Failed;
        }
    }
}
