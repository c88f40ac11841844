using Matrixd.Transport;

namespace Matrixd.Diagnostics;

/// <summary>Watches one socket to the model.</summary>
internal sealed class ModelTap(CallTap call, int connection) : ILinkTap
{
    private int _closing;
    private int _batch = 1; // the receive loop's

    public void OnReceived(WebSocketOpcode opcode, ReadOnlySpan<byte> message) => call.Message(TapeLeg.Gemini, connection, isInbound: true, opcode, message, _batch);

    public void OnBatchEnd() => _batch++;

    public void OnSent(WebSocketOpcode opcode, ReadOnlySpan<byte> message) => call.Message(TapeLeg.Gemini, connection, isInbound: false, opcode, message);

    public void OnClosing(ushort code, string reason)
    {
        if (Interlocked.Exchange(ref _closing, 1) == 0)
        {
            call.Event(TapeLeg.Gemini, connection, isInbound: false, TapeEvent.Close, code, reason);
        }
    }

    public void OnClosed(in WebSocketClose close) => call.Event(
        TapeLeg.Gemini, connection, isInbound: true, TapeEvent.Close, close.Code, close.Reason, TapeWords.Of(close.Cause));
}
