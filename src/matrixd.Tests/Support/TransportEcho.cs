using Matrixd.Transport;

namespace Matrixd.Tests.Support;

/// <summary>Sends every message back as it came.</summary>
internal sealed class TransportEcho(WebSocketLink link) : IWebSocketSink
{
    public void OnMessage(WebSocketOpcode opcode, ReadOnlySpan<byte> message)
    {
        if (!link.Send(opcode, message))
        {
            link.Close(1008, "echo queue full");
        }
    }

    public void OnBatchEnd()
    {
    }

    public void OnClosed(WebSocketClose close)
    {
    }
}
