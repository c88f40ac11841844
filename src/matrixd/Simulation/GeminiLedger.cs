using System.Runtime.InteropServices;
using System.Text;

namespace Matrixd.Simulation;

/// <summary>What went over one connection, for tests to look at.</summary>
/// <remarks>
/// Any thread, under a lock of its own: tests read while the connection writes. Keeps nothing where
/// <paramref name="remember"/> is false, as in a long load run; the counters go on.
/// </remarks>
internal sealed class GeminiLedger(bool remember, TimeProvider clock)
{
    private readonly Lock _gate = new();
    private readonly Watcher _watcher = new();
    private readonly long _opened = clock.GetTimestamp();
    private readonly List<GeminiReceived> _received = [];
    private readonly List<string> _sent = [];
    private readonly List<short> _caller = [];
    private readonly List<short> _said = [];
    private readonly List<SaidTurn> _turns = [];
    private long _audioMessages;

    public IReadOnlyList<GeminiReceived> Received => Copy(_received);

    /// <summary>First keys of the messages that went out, in order: <c>setupComplete</c>, <c>serverContent.modelTurn</c>, …</summary>
    public IReadOnlyList<string> Sent => Copy(_sent);

    /// <summary>The caller as the model heard him [16 kHz].</summary>
    public short[] CallerPcm => Copy(_caller);

    /// <summary>What the model said, as sent [24 kHz].</summary>
    public short[] SaidPcm => Copy(_said);

    /// <summary>The turns that <see cref="SaidPcm"/> consists of, as far as their generation has ended.</summary>
    public IReadOnlyList<SaidTurn> Turns => Copy(_turns);

    /// <summary>Messages of caller audio.</summary>
    public long AudioMessages => Interlocked.Read(ref _audioMessages);

    public void Receive(string kind, ReadOnlySpan<byte> message)
    {
        if (remember)
        {
            lock (_gate)
            {
                _received.Add(new GeminiReceived(kind, Encoding.UTF8.GetString(message), clock.GetElapsedTime(_opened)));
            }
        }
    }

    public void Hear(ReadOnlySpan<short> pcm)
    {
        Interlocked.Increment(ref _audioMessages);
        if (remember)
        {
            lock (_gate)
            {
                _caller.AddRange(pcm);
            }
        }
    }

    public void Send(string kind, ReadOnlySpan<short> pcm = default)
    {
        if (remember)
        {
            lock (_gate)
            {
                _sent.Add(kind);
                _said.AddRange(pcm);
                EndTurn(kind);
            }

            _watcher.Pulse();
        }
    }

    public void Pulse() => _watcher.Pulse();

    public Task WaitAsync(Func<bool> condition, string what, TimeSpan? limit = null) => _watcher.WaitAsync(condition, what, limit);

    /// <summary>The <paramref name="count"/>th message of a kind, once it has come.</summary>
    public async Task<GeminiReceived> ReceivedAsync(string kind, int count = 1, TimeSpan? limit = null)
    {
        await WaitAsync(() => CountOf(kind) >= count, $"{count} × {kind}", limit);
        return Received.Where(r => r.Kind == kind).ElementAt(count - 1);
    }

    private int CountOf(string kind)
    {
        lock (_gate)
        {
            return _received.Count(r => r.Kind == kind);
        }
    }

    private void EndTurn(string kind)
    {
        int start = _turns.Count == 0 ? 0 : _turns[^1].Start + _turns[^1].Length;
        bool interrupted = kind.EndsWith("interrupted", StringComparison.Ordinal);
        if (_said.Count > start && (interrupted || kind.EndsWith("generationComplete", StringComparison.Ordinal)))
        {
            _turns.Add(new SaidTurn(start, _said.Count - start, interrupted));
        }
        else if (interrupted && _turns.Count > 0)
        {
            _turns[^1] = _turns[^1] with { Interrupted = true }; // all of it had been sent, not all of it heard
        }
    }

    private T[] Copy<T>(List<T> list)
    {
        lock (_gate)
        {
            return CollectionsMarshal.AsSpan(list).ToArray();
        }
    }
}
