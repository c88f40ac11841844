using Matrixd.Calls;
using Matrixd.Timing;
using Matrixd.Transport;

namespace Matrixd.Gemini;

/// <summary>Dials over the network. One for the daemon; any thread.</summary>
internal sealed class GeminiDialer(TimerWheel wheel) : IGeminiDialer
{
    public Task<WebSocketLink> DialAsync(CallSid callSid, WebSocketDialTarget target, WebSocketLimits limits, CancellationToken closing) =>
        WebSocketDialer.DialAsync(target, limits, wheel, closing);
}
