namespace Matrixd.Exotel;

/// <summary>What the Exotel room counts, for the metrics page. Added to by <see cref="Interlocked"/> from any thread.</summary>
internal sealed class ExotelCounters
{
    public long UnknownEvents;
    public long ForeignStreamFrames;
    public long OutboundTrackFrames;
    public long BadPayloads;
    public long BadJson;
    public long StartTimeouts;
    public long Refused;
    public long Dtmf;
}
