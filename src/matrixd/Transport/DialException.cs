namespace Matrixd.Transport;

/// <summary>A client link could not be opened.</summary>
/// <param name="stage">How far it got.</param>
/// <param name="status">The HTTP status that came instead of 101; 0 where none came.</param>
/// <param name="message">What happened, with host and port; never the request target, which holds a token.</param>
internal sealed class DialException(DialStage stage, int status, string message, Exception? inner = null) : Exception(message, inner)
{
    public DialStage Stage => stage;

    public int Status => status;
}

/// <summary>The steps of a dial, in order.</summary>
internal enum DialStage
{
    Resolve,
    Connect,
    Proxy,
    Tls,
    Alpn,
    Upgrade,
}
