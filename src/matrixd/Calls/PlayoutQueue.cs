using Matrixd.Audio;
using Matrixd.Memory;

namespace Matrixd.Calls;

/// <summary>Audio on its way to the caller: what waits to be sent and, where that is wanted, what was sent last, so that it can be taken back.</summary>
/// <remarks>Owned by one call, under its gate. Memory comes from the pool, and only for audio that is there. What was taken back goes out first.</remarks>
/// <param name="bound">What may wait [bytes].</param>
/// <param name="keep">What is kept of the audio sent last [bytes]; 0: nothing, and nothing can be taken back.</param>
internal sealed class PlayoutQueue(int bound, int keep) : IHot
{
    private readonly AudioQueue _waiting = new(bound);
    private readonly AudioQueue? _sent = keep > 0 ? new AudioQueue(keep) : null;
    private AudioQueue? _again; // taken back

    /// <summary>What waits, taken back or new [bytes].</summary>
    public int Count => _waiting.Count + (_again?.Count ?? 0);

    /// <summary>True where what was sent can be taken back.</summary>
    public bool KeepsSent => _sent is not null;

    public void Write(ReadOnlySpan<byte> pcm) => _waiting.Write(pcm);

    /// <summary>Takes the next bytes, all of which must be there, to send them.</summary>
    public void Read(Span<byte> destination)
    {
        int read = _again?.Read(destination) ?? 0;
        _waiting.Read(destination[read..]);
        _sent?.WriteDroppingOldest(destination, out _);
    }

    /// <summary>What was sent so far has been heard: none of it will be taken back.</summary>
    public void ForgetSent() => _sent?.Clear();

    /// <summary>Puts what was sent last in front again.</summary>
    /// <param name="bytes">How much.</param>
    /// <returns>How much of it was still there; what was older is lost.</returns>
    public int TakeBack(int bytes)
    {
        if (_sent is null)
        {
            return 0;
        }

        int kept = Math.Min(bytes, _sent.Count);
        _sent.Skip(_sent.Count - kept);
        Prepend(_sent);
        return kept;
    }

    /// <summary>Puts silence in front.</summary>
    /// <param name="bytes">Whole samples.</param>
    public void PrependSilence(int bytes)
    {
        AudioQueue silence = new(Math.Max(bytes, Pcm.BytesPerSample));
        Span<byte> zeros = stackalloc byte[Math.Min(bytes, Playout.MinChunkBytes)];
        zeros.Clear();
        while (silence.Count < bytes)
        {
            silence.Write(zeros[..Math.Min(zeros.Length, bytes - silence.Count)]);
        }

        Prepend(silence);
    }

    public void Clear()
    {
        _waiting.Clear();
        _again?.Clear();
        _sent?.Clear();
    }

    // Rare, once a pause: what it allocates does not count.
    private void Prepend(AudioQueue front)
    {
        AudioQueue again = new(bound);
        Move(front, again);
        if (_again is not null)
        {
            Move(_again, again);
        }

        _again = again;
    }

    private static void Move(AudioQueue from, AudioQueue to)
    {
        Span<byte> part = stackalloc byte[Playout.MinChunkBytes];
        while (from.Count > 0)
        {
            to.Write(part[..from.Read(part)]);
        }
    }

    public void AddTo(HotSet set) => set.Add(_waiting);
}
