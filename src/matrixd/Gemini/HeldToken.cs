namespace Matrixd.Gemini;

/// <summary>The shared token in use, with its count of uses.</summary>
/// <param name="token">Secret inside.</param>
/// <param name="since">Monotonic timestamp since when it is held.</param>
/// <param name="refreshAfter">Age, from then, at which it is replaced.</param>
/// <param name="isReplacement">It came after one that the service refused.</param>
/// <remarks>Any thread. After a restart the count starts anew; the service's own is what decides, see <see cref="TokenService.Invalidate"/>.</remarks>
internal sealed class HeldToken(StoredToken token, long since, TimeSpan refreshAfter, bool isReplacement, bool fromStore = false)
{
    private int _taken;

    public StoredToken Token => token;

    public long Since => since;

    public TimeSpan RefreshAfter => refreshAfter;

    public bool IsReplacement => isReplacement;

    /// <summary>It was minted by an earlier run.</summary>
    public bool FromStore => fromStore;

    public int Taken => Volatile.Read(ref _taken);

    /// <summary>Nine tenths are gone: what is left lasts while the next one is minted.</summary>
    public bool NearlyUsedUp => token.Uses > 0 && Taken >= (token.Uses * 0.9);

    /// <summary>Counts one use; false where none is left.</summary>
    public bool Take()
    {
        if (token.Uses <= 0) // 0: unlimited
        {
            return true;
        }

        // Checked first, so that the count of a spent token does not run on.
        return Taken < token.Uses && Interlocked.Increment(ref _taken) <= token.Uses;
    }
}
