namespace Matrixd.Transport;

/// <summary>Whom a <see cref="LinkSender"/> tells that writing is over. From any thread; outside its lock.</summary>
internal interface ILinkSenderOwner
{
    /// <summary>A write failed; nothing more is sent.</summary>
    void OnWriteFailed(Exception error);

    /// <summary>The peer has taken nothing for <see cref="WebSocketLimits.SendTimeout"/>.</summary>
    void OnWriteStuck();
}
