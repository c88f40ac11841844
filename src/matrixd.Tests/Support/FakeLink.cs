using System.Text;
using Matrixd.Transport;

namespace Matrixd.Tests.Support;

/// <summary>A WebSocket in the test's hand: tells what was sent and how it was closed, and delivers what the test says.</summary>
internal sealed class FakeLink : WebSocketLink
{
    private readonly TaskCompletionSource _over = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile IWebSocketSink? _sink;

    /// <summary>Texts that were sent; left empty where <see cref="Keeps"/> is false.</summary>
    public List<string> Sent { get; } = [];

    public bool Keeps { get; set; } = true;

    public int SentCount { get; private set; }

    public ushort? CloseCode { get; private set; }

    public string CloseReason { get; private set; } = "";

    /// <summary>Its receive loop has begun.</summary>
    public bool IsRunning => _sink is not null;

    public override int QueuedBytes => 0;

    public override string RemoteEndPoint => "192.0.2.1:4242";

    public override bool Send(WebSocketOpcode opcode, ReadOnlySpan<byte> payload)
    {
        if (CloseCode is not null)
        {
            return false;
        }

        SentCount++;
        if (Keeps)
        {
            Sent.Add(Encoding.UTF8.GetString(payload));
        }

        return true;
    }

    public override void Flush()
    {
    }

    public override void Close(ushort code, string reason)
    {
        if (CloseCode is null)
        {
            CloseCode = code;
            CloseReason = reason;
        }
    }

    public override void Abort() => Close(1006, "");

    public override Task RunAsync(IWebSocketSink sink)
    {
        _sink = sink;
        return _over.Task;
    }

    /// <summary>A message of the peer; once the link is closing it is discarded, as the real one does.</summary>
    public void Deliver(string message, bool binary = false) => Deliver(Encoding.UTF8.GetBytes(message), binary);

    public void Deliver(ReadOnlySpan<byte> message, bool binary = false)
    {
        if (CloseCode is null)
        {
            _sink!.OnMessage(binary ? WebSocketOpcode.Binary : WebSocketOpcode.Text, message);
            _sink.OnBatchEnd();
        }
    }

    /// <summary>The socket is gone.</summary>
    public void End(WebSocketClose? how = null)
    {
        _sink!.OnClosed(how ?? new WebSocketClose(WebSocketCloseCause.Peer, 1000, ""));
        _over.TrySetResult();
    }
}
