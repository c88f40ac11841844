using System.Net;

namespace Matrixd.Server;

/// <summary>Slows down who guesses credentials: per network of origin, in constant memory.</summary>
/// <remarks>
/// Only failures are counted and only failures are answered differently (429 for 401), so that the real carrier is never locked out by a stranger
/// who shares its network. Any thread; counters are approximate under contention, which is enough.
/// </remarks>
internal sealed class FailureThrottle(TimeProvider clock)
{
    // A mistyped password fails a few times before it is mended; a guesser fails thousands of times.
    private const int AllowedPerMinute = 30;

    private const int Slots = 4096;
    private readonly int[] _failures = new int[Slots];
    private long _minute;

    /// <summary>Counts a failure.</summary>
    /// <returns>True where this network has failed too often in this minute.</returns>
    public bool Fail(IPAddress address)
    {
        long minute = clock.GetUtcNow().ToUnixTimeSeconds() / 60;
        if (Interlocked.Exchange(ref _minute, minute) != minute)
        {
            Array.Clear(_failures);
        }

        return Interlocked.Increment(ref _failures[Slot(address)]) > AllowedPerMinute;
    }

    // A /24, or a /48 of IPv6: what one stranger has.
    private static int Slot(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out int written);
        int prefix = written == 4 ? 3 : 6;
        HashCode hash = default;
        hash.AddBytes(bytes[..prefix]);
        return (hash.ToHashCode() & int.MaxValue) % Slots;
    }
}
