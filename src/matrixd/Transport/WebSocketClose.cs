namespace Matrixd.Transport;

/// <summary>How a link ended.</summary>
/// <param name="Cause">Who ended it, and how.</param>
/// <param name="Code">The close code that was received, or that we sent; 1005 where a close frame had none, 1006 where there was no frame.</param>
/// <param name="Reason">The text that came with it; the peer's words, untrusted: escape before printing.</param>
/// <param name="Error">What the operating system or TLS said, where the link was lost.</param>
internal readonly record struct WebSocketClose(WebSocketCloseCause Cause, ushort Code, string Reason, Exception? Error = null);

/// <summary>Who ended a link.</summary>
internal enum WebSocketCloseCause
{
    /// <summary>The peer sent a close frame first.</summary>
    Peer,

    /// <summary>The connection ended or broke without a close frame.</summary>
    Lost,

    /// <summary>The peer broke RFC 6455 or one of our limits; we closed with <see cref="WebSocketClose.Code"/>.</summary>
    Violation,

    /// <summary>We asked for the close.</summary>
    Local,

    /// <summary>We cut the connection: <see cref="WebSocketLink.Abort"/>, or a close that was not answered in time.</summary>
    Aborted,
}
