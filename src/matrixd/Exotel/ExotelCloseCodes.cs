using Matrixd.Calls;

namespace Matrixd.Exotel;

/// <summary>What a call's end looks like on Exotel's socket: after any of them Exotel runs the next applet.</summary>
internal static class ExotelCloseCodes
{
    public static ushort For(CallEndReason reason) => reason switch
    {
        CallEndReason.Drained or CallEndReason.Aborted => 1001,
        CallEndReason.ProtocolError or CallEndReason.RateLimited => 1008,
        CallEndReason.ModelUnreachable or CallEndReason.ModelRefused or CallEndReason.ModelLost or CallEndReason.InternalError => 1011,
        CallEndReason.Overload => 1013,
        _ => 1000,
    };
}
