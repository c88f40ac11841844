using Matrixd.Calls;
using Matrixd.Transport;

namespace Matrixd.Gemini;

/// <summary>Opens the sockets of model legs: the one door through which they reach the service.</summary>
internal interface IGeminiDialer
{
    /// <summary>Dials and completes the handshake; the link is then to be run, or aborted.</summary>
    /// <param name="callSid">The call that it is for.</param>
    /// <exception cref="DialException">It could not be opened; says at which stage.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="closing"/> fired.</exception>
    Task<WebSocketLink> DialAsync(CallSid callSid, WebSocketDialTarget target, WebSocketLimits limits, CancellationToken closing);
}
