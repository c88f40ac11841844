namespace Matrixd.Transport.Loop;

/// <summary>A TLS handshake that does not wait.</summary>
internal sealed class HandshakeStep(TlsSession session) : LoopStep
{
    /// <summary>What was agreed; known when the step is done.</summary>
    public DialReport Report { get; private set; } = new();

    public override uint Advance(int fd)
    {
        switch (session.Handshake(fd, out int reason, out string text))
        {
            case IoResult.WantsRead: return Libc.EPOLLIN;
            case IoResult.WantsWrite: return Libc.EPOLLOUT;
            case IoResult.Done:
                Report = session.Describe();
                TlsConnector.CheckAlpnName(Report.Alpn, session.Target);
                return 0;
            case IoResult.Ended:
                throw new IOException(text);
            default:
                throw TlsVerdict.Refusal(session, reason, text);
        }
    }
}
