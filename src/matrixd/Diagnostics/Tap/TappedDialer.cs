using Matrixd.Calls;
using Matrixd.Gemini;
using Matrixd.Transport;

namespace Matrixd.Diagnostics;

/// <summary>Dials for model legs, and puts the call's tap beside the socket where the call is watched.</summary>
internal sealed class TappedDialer(IGeminiDialer dialer, CallTaps taps) : IGeminiDialer
{
    public async Task<WebSocketLink> DialAsync(CallSid callSid, WebSocketDialTarget target, WebSocketLimits limits, CancellationToken closing)
    {
        if (taps.Find(callSid) is not { } call)
        {
            return await dialer.DialAsync(callSid, target, limits, closing);
        }

        int connection = call.NextModel();
        try
        {
            WebSocketLink link = await dialer.DialAsync(callSid, target, limits, closing);
            call.Event(TapeLeg.Gemini, connection, isInbound: false, TapeEvent.Open, 0, PathOf(target.RequestTarget));
            return new TappedLink(link, new ModelTap(call, connection));
        }
        catch (DialException e)
        {
            call.Event(TapeLeg.Gemini, connection, isInbound: false, TapeEvent.Failed, (ushort)e.Status, e.Message, e.Stage.ToString());
            throw;
        }
    }

    // The query holds the token.
    private static string PathOf(string target) => target.IndexOf('?', StringComparison.Ordinal) is int at and >= 0 ? target[..at] : target;
}
