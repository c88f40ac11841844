using Matrixd.Calls;
using Matrixd.Timing;
using Matrixd.Transport;
using Matrixd.Transport.Loop;

namespace Matrixd.Gemini;

/// <summary>Dials over the network. One for the daemon; any thread.</summary>
/// <param name="loops">Where sockets live: a call's model beside its caller; null: the portable way.</param>
internal sealed class GeminiDialer(TimerWheel wheel, EventLoops? loops = null) : IGeminiDialer
{
    public Task<WebSocketLink> DialAsync(CallSid callSid, WebSocketDialTarget target, WebSocketLimits limits, CancellationToken closing) =>
        WebSocketDialer.DialAsync(target with { Loop = loops?.Choose() }, limits, wheel, closing);
}
