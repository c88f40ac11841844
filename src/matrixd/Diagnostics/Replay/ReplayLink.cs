using Matrixd.Timing;
using Matrixd.Transport;

namespace Matrixd.Diagnostics;

/// <summary>A WebSocket without a network: keeps what is sent, delivers what a tape holds.</summary>
/// <remarks>Lives on the replay's one thread; a step that left it is a fault of the daemon's code and ends the replay with one.</remarks>
/// <param name="sent">Told of each message.</param>
/// <param name="closing">Told once, when the owner asks for the end.</param>
internal sealed class ReplayLink(OwnThread thread, Action<WebSocketOpcode, byte[]> sent, Action closing) : WebSocketLink
{
    private readonly TaskCompletionSource _over = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private IWebSocketSink? _sink;
    private bool _isClosing;

    public override int QueuedBytes => 0;

    public override string RemoteEndPoint => "replay";

    /// <summary>True while messages can be delivered.</summary>
    public bool IsOpen => _sink is not null && !_isClosing;

    public override bool Send(WebSocketOpcode opcode, ReadOnlySpan<byte> payload)
    {
        if (!thread.IsHere)
        {
            throw new InvalidOperationException("a step of the call left the replay's thread: it awaits in a way that chooses its own");
        }

        if (_isClosing)
        {
            return false;
        }

        sent(opcode, payload.ToArray());
        return true;
    }

    public override void Flush()
    {
    }

    public override void Close(ushort code, string reason) => Leave(new WebSocketClose(WebSocketCloseCause.Local, code, reason));

    public override void Abort() => Leave(new WebSocketClose(WebSocketCloseCause.Aborted, CloseCodes.NoFrame, ""));

    public override Task RunAsync(IWebSocketSink sink)
    {
        _sink = sink;
        return _over.Task;
    }

    /// <summary>A message of the peer.</summary>
    /// <param name="isBatchEnd">Nothing arrived together with it that is still to come.</param>
    public void Deliver(WebSocketOpcode opcode, ReadOnlySpan<byte> message, bool isBatchEnd = true)
    {
        if (!IsOpen)
        {
            return;
        }

        try
        {
            _sink!.OnMessage(opcode, message);
            if (isBatchEnd)
            {
                _sink.OnBatchEnd();
            }
        }
#pragma warning disable CA1031 // as a link does: a sink's fault ends its own link, and is told in OnClosed
        catch (Exception e)
#pragma warning restore CA1031
        {
            End(new WebSocketClose(WebSocketCloseCause.Aborted, CloseCodes.NoFrame, "", e));
        }
    }

    /// <summary>The link is over.</summary>
    public void End(WebSocketClose close)
    {
        _isClosing = true;
        if (_sink is { } sink && !_over.Task.IsCompleted)
        {
            sink.OnClosed(close);
            _over.TrySetResult();
        }
    }

    private void Leave(WebSocketClose close)
    {
        if (!_isClosing)
        {
            _isClosing = true;
            closing();
            thread.Post(_ => End(close), null); // the peer answers at once, but never from within
        }
    }
}
