using Matrixd.Memory;

namespace Matrixd.Transport;

/// <summary>The receiving side of a <see cref="TappedLink"/>.</summary>
internal sealed class TappedSink(IWebSocketSink sink, ILinkTap tap) : IWebSocketSink, IHot
{
    public void OnMessage(WebSocketOpcode opcode, ReadOnlySpan<byte> message)
    {
        tap.OnReceived(opcode, message);
        sink.OnMessage(opcode, message);
    }

    public void OnBatchEnd()
    {
        sink.OnBatchEnd();
        tap.OnBatchEnd();
    }

    public void OnClosed(WebSocketClose close)
    {
        sink.OnClosed(close);
        tap.OnClosed(in close);
    }

    public void AddTo(HotSet set) => set.Add(tap).Add(sink);
}
