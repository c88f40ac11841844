using Matrixd.Memory;

namespace Matrixd.Transport;

/// <summary>A link that somebody watches.</summary>
/// <remarks>Lifetime, threads and bounds are those of the link inside; a link that nobody watches is not wrapped.</remarks>
internal sealed class TappedLink(WebSocketLink link, ILinkTap tap) : WebSocketLink
{
    public override int QueuedBytes => link.QueuedBytes;

    public override string RemoteEndPoint => link.RemoteEndPoint;

    public override bool Send(WebSocketOpcode opcode, ReadOnlySpan<byte> payload)
    {
        bool taken = link.Send(opcode, payload);
        if (taken)
        {
            tap.OnSent(opcode, payload);
        }

        return taken;
    }

    public override void Flush() => link.Flush();

    public override void Close(ushort code, string reason)
    {
        tap.OnClosing(code, reason);
        link.Close(code, reason);
    }

    public override void Abort()
    {
        tap.OnClosing(CloseCodes.NoFrame, "");
        link.Abort();
    }

    public override Task RunAsync(IWebSocketSink sink) => link.RunAsync(new TappedSink(sink, tap));

    public override void AddSendingTo(HotSet set)
    {
        set.AddAlone(this);
        set.Add(tap);
        link.AddSendingTo(set);
    }
}
