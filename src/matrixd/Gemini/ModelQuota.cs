using Matrixd.Timing;

namespace Matrixd.Gemini;

/// <summary>Remembers that the project is over its quota: for a while no new call is taken, which would only be refused.</summary>
/// <remarks>One for the daemon; any thread.</remarks>
internal sealed class ModelQuota(TimerWheel wheel)
{
    private long _until = long.MinValue; // ticks of the wheel

    /// <summary>True while new calls are not to be taken.</summary>
    public bool IsUsedUp => wheel.Now.Ticks < Volatile.Read(ref _until);

    /// <summary>The service said so.</summary>
    public void UsedUp() => Volatile.Write(ref _until, (wheel.Now + Recovery.QuotaBackOff).Ticks);
}
