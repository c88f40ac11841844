using System.Runtime.InteropServices;

namespace Matrixd.Transport.Loop;

// How the two ends come to trust each other, and what they agreed on.
internal sealed unsafe partial class TlsSession
{
    // The session whose handshake this thread is in: OpenSSL tells certificates' faults to a static function.
    [ThreadStatic]
    private static TlsSession? t_inHandshake;

    public static TlsSession? InHandshake => t_inHandshake;

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
        TlsMemory memory = _memory ?? Attach();
        while (true)
        {
            OpenSsl.ClearError();
            t_inHandshake = this;
            int result = OpenSsl.DoHandshake(_ssl);
            t_inHandshake = null;
            int wants = result == 1 ? 0 : OpenSsl.GetError(_ssl, result);
            if (wants is not (0 or OpenSsl.ErrorWantRead))
            {
                reason = wants is OpenSsl.ErrorSystemCall or OpenSsl.ErrorZeroReturn ? 0 : OpenSsl.TakeReason(out text);
                return EndHandshake(fd, reason, ref text);
            }

            IoResult sent = Send(fd, out Exception? error);
            if (wants == 0)
            {
                Hold();
            }

            if (sent == IoResult.WantsWrite)
            {
                return sent;
            }

            if (sent == IoResult.Done && wants == 0)
            {
                return OpenSsl.GetVerifyResult(_ssl) == 0 ? IoResult.Done : IoResult.Failed;
            }

            IoResult got = IoResult.Failed;
            int count = 0;
            if (sent == IoResult.Done)
            {
                got = LoopSocket.Read(fd, memory.Records, out count, out error);
            }

            if (got is IoResult.Ended or IoResult.Failed)
            {
                text = error?.Message ?? "";
                return EndHandshake(fd, 0, ref text);
            }

            if (count == 0)
            {
                return IoResult.WantsRead;
            }

            TlsMemory.Put(memory.In, memory.Records[..count]);
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

    // OpenSSL counts who holds the memory's two ends, and lets go of them with the session.
    private TlsMemory Attach()
    {
        TlsMemory memory = EventLoop.Current!.Tls;
        _ = OpenSsl.BioAddReference(memory.In);
        _ = OpenSsl.BioAddReference(memory.Out);
        OpenSsl.SetReadBio(_ssl, memory.In);
        OpenSsl.SetWriteBio(_ssl, memory.Out);
        return _memory = memory;
    }

    private IoResult EndHandshake(int fd, int reason, ref string text)
    {
        _isBroken = true;
        _ = Send(fd, out _); // why, as an alert
        _memory!.Clear();
        text = text.Length == 0 ? "the server ended the connection" : text;
        return reason is 0 or OpenSsl.ReasonUnexpectedEof ? IoResult.Ended : IoResult.Failed;
    }

    private string Alpn()
    {
        byte* protocol;
        uint size;
        OpenSsl.GetAlpn(_ssl, &protocol, &size);
        return System.Text.Encoding.ASCII.GetString(new ReadOnlySpan<byte>(protocol, (int)size));
    }
}
