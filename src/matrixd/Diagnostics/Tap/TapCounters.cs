namespace Matrixd.Diagnostics;

/// <summary>What the wire tap and the flight recorder count. Added to by <see cref="Interlocked"/> from any thread.</summary>
internal sealed class TapCounters
{
    public long Tapes;
    public long Frames;
    public long FramesLost;
    public long FlightRecords;
    public long Failures;
    public long FilesRemoved;
}
