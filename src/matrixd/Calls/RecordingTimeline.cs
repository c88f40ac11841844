namespace Matrixd.Calls;

/// <summary>The last second of a call's recording, both sides on one time line: the caller left, what the caller heard right.</summary>
/// <remarks>
/// A ring of stereo samples that can be written at any place between what has been handed to the disk writer and a window ahead of it: late frames,
/// gaps and audio that is yet to be heard each go where they belong, and what nobody wrote is silence. Owned by one call, under its gate; the only
/// allocation is the ring. Positions are samples since the arrival of <c>start</c>.
/// </remarks>
internal sealed class RecordingTimeline
{
    // How far behind the present the time line becomes final while the caller's frames keep coming.
    private static readonly TimeSpan s_settled = TimeSpan.FromMilliseconds(300);

    // How long frames are waited for that the network holds up: with a block and the writer's
    // gathering on top, a kill still loses no more than a second.
    private static readonly TimeSpan s_patience = TimeSpan.FromMilliseconds(700);

    // What is handed to the writer at once: a quarter of a second, so that a kill loses less than one second.
    private static readonly TimeSpan s_block = TimeSpan.FromMilliseconds(250);

    private readonly RecordingFile _file;
    private readonly short[] _ring; // interleaved
    private readonly int _mask; // of stereo samples
    private readonly int _settled;
    private readonly int _patience;
    private readonly int _block;
    private long _final; // everything before it has been handed over
    private long _callerEnd; // the caller's frames reach up to here

    /// <param name="file">Where blocks go.</param>
    /// <param name="sampleRate">[Hz]</param>
    /// <param name="ahead">How far ahead of the present the heard side is written: the playout lead and one chunk.</param>
    public RecordingTimeline(RecordingFile file, int sampleRate, TimeSpan ahead)
    {
        _file = file;
        _settled = Samples(s_settled, sampleRate);
        _patience = Samples(s_patience, sampleRate);
        _block = Samples(s_block, sampleRate);
        int window = (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)(_patience + _block + Samples(ahead, sampleRate)));
        _ring = new short[2 * window];
        _mask = window - 1;
    }

    public string Path => _file.Path;

    /// <summary>Puts the caller's samples at their place; what lies outside the window is left out.</summary>
    public void WriteCaller(long position, ReadOnlySpan<short> pcm)
    {
        Write(position, pcm, 0);
        _callerEnd = Math.Max(_callerEnd, position + pcm.Length);
    }

    /// <summary>Puts samples where the caller will hear them.</summary>
    public void WriteHeard(long position, ReadOnlySpan<short> pcm) => Write(position, pcm, 1);

    /// <summary>The carrier dropped what was not played: nothing is heard from <paramref name="position"/> on.</summary>
    public void ClearHeard(long position)
    {
        for (long at = Math.Max(position, _final); at < _final + _mask + 1; at++)
        {
            _ring[(2 * (at & _mask)) + 1] = 0;
        }
    }

    /// <summary>Hands over what has become final.</summary>
    public void Advance(long now)
    {
        long settled = Math.Max(Math.Min(now - _settled, _callerEnd), now - _patience);
        while (settled - _final >= _block)
        {
            HandOver(_block);
        }
    }

    /// <summary>The call is over: hands over everything up to now, and closes the file.</summary>
    public void Complete(long now)
    {
        while (_final < now)
        {
            HandOver((int)Math.Min(_block, now - _final));
        }

        _file.Complete();
    }

    private void Write(long position, ReadOnlySpan<short> pcm, int channel)
    {
        long from = Math.Max(position, _final);
        long to = Math.Min(position + pcm.Length, _final + _mask + 1);
        for (long at = from; at < to; at++)
        {
            _ring[(2 * (at & _mask)) + channel] = pcm[(int)(at - position)];
        }
    }

    private void HandOver(int samples)
    {
        int start = 2 * (int)(_final & _mask);
        int first = Math.Min(2 * samples, _ring.Length - start);
        Span<short> head = _ring.AsSpan(start, first);
        Span<short> rest = _ring.AsSpan(0, (2 * samples) - first);
        _file.Append(Samples16.BytesOf(head), Samples16.BytesOf(rest));
        head.Clear();
        rest.Clear();
        _final += samples;
    }

    private static int Samples(TimeSpan time, int sampleRate) => (int)(time.Ticks * sampleRate / TimeSpan.TicksPerSecond);
}
