namespace Matrixd.Server;

/// <summary>What the server room counts, for the metrics page. Added to by <see cref="Interlocked"/> from any thread.</summary>
internal sealed class ServerCounters
{
    public long Upgrades;
    public long Refused;
    public long Busy;
    public long DynamicUrls;
}
