using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;

namespace Matrixd.Calls;

/// <summary>Short path tokens, each standing for one call: what the carrier is told instead of anything long or secret.</summary>
/// <remarks>
/// A token is good from the moment its URL is handed out until media flows on the stream that came with it, or until it expires. Kept by hash only,
/// in memory and in the store, so that a restart in between loses no call. Any thread.
/// </remarks>
internal sealed class WarmSessions(IWarmSessionStore store, TimeProvider clock, TimeSpan ttl)
{
    // A stranger with the credential of the dynamic URL can make entries: this many live at most, each for the ttl.
    private const int MaxLive = 20_000;

    // 128 bits cannot be guessed; 22 characters keep the URL under the 130 that the carrier takes.
    private const int TokenBytes = 16;

    // All are looked at, so not for each that is made.
    private static readonly TimeSpan s_sweepEvery = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<string, WarmSession> _live = new(StringComparer.Ordinal);
    private long _swept = clock.GetTimestamp();

    public int Count => _live.Count;

    /// <summary>Takes up what was handed out before a restart.</summary>
    public void Restore()
    {
        foreach (WarmSession session in store.Load(clock.GetUtcNow()))
        {
            _live[session.TokenHash] = session;
        }
    }

    /// <summary>Makes a token for a call; on disk when the task completes.</summary>
    /// <returns>The token, or null where too many are live.</returns>
    public async Task<string?> AddAsync(CallSid callSid)
    {
        RemoveExpired();
        if (_live.Count >= MaxLive)
        {
            return null;
        }

        string token = Convert.ToBase64String(RandomNumberGenerator.GetBytes(TokenBytes)).TrimEnd('=').Replace('+', '-').Replace('/', '_');
        WarmSession session = new(Hash(token), callSid, clock.GetUtcNow() + ttl);
        await store.AddAsync(session);
        _live[session.TokenHash] = session;
        return token;
    }

    /// <summary>The call a token stands for, or null where there is no such token, or it has expired.</summary>
    public CallSid? Find(string token) =>
        _live.TryGetValue(Hash(token), out WarmSession? session) && session.ExpiresAt > clock.GetUtcNow() ? session.CallSid : null;

    /// <summary>Media flows: the token has done its work.</summary>
    public Task UseUpAsync(string token)
    {
        string hash = Hash(token);
        return _live.TryRemove(hash, out _) ? store.RemoveAsync(hash) : Task.CompletedTask;
    }

    private void RemoveExpired()
    {
        long swept = Volatile.Read(ref _swept);
        if (clock.GetElapsedTime(swept) < s_sweepEvery || Interlocked.CompareExchange(ref _swept, clock.GetTimestamp(), swept) != swept)
        {
            return;
        }

        DateTimeOffset now = clock.GetUtcNow();
        foreach ((string hash, WarmSession session) in _live)
        {
            if (session.ExpiresAt <= now)
            {
                _live.TryRemove(hash, out _);
            }
        }
    }

    private static string Hash(string token) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(token)));
}
