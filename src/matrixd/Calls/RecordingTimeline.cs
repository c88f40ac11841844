using System.Runtime.InteropServices;
using Matrixd.Audio;

namespace Matrixd.Calls;

/// <summary>The last second of a call's recording, both sides on one time line: the caller left, what the caller heard right.</summary>
/// <remarks>
/// Either side can be written at any place between what has been handed to the disk writer and a window ahead of it: late frames, gaps and audio that
/// is yet to be heard each go where they belong, and what nobody wrote is silence. The sides are kept apart until they are handed over, so that a frame
/// touches half the memory. Owned by one call, under its gate; the only memory is the sides'. Positions are samples since the arrival of <c>start</c>.
/// </remarks>
internal sealed class RecordingTimeline
{
    // How far behind the present the time line becomes final while the caller's frames keep coming.
    private static readonly TimeSpan s_settled = TimeSpan.FromMilliseconds(300);

    // How long frames are waited for that the network holds up: a packet that TCP sends again, and once more.
    private static readonly TimeSpan s_patience = TimeSpan.FromMilliseconds(700);

    // A kill loses at most a second of the tail: what is kept here, what passes until Advance is called again (20 ms while frames come, the 200 ms of
    // housekeeping where none do) and the writer's gathering of 50 ms. The rest is for timers and for the write itself. While frames come in time,
    // blocks are 430 ms long; where they come late, patience is kept, and blocks are shorter.
    private static readonly TimeSpan s_kept = TimeSpan.FromMilliseconds(730);

    // What is handed over at once at most: at 8 kHz it fits into 16 KiB, which is a size of the pool. More comes after a standstill alone.
    private static readonly TimeSpan s_block = TimeSpan.FromMilliseconds(500);

    // Frames are placed no further ahead of their arrival; some room beside, so that what is pushed out for one is no longer waited for.
    private static readonly TimeSpan s_callerAhead = TimeSpan.FromMilliseconds(200 + 100);

    private readonly RecordingFile _file;
    private readonly int _settled;
    private readonly int _patience;
    private readonly int _kept;
    private readonly int _block;
    private RecordingSide _caller;
    private RecordingSide _heard;
    private long _callerEnd; // the caller's frames reach up to here
    private long _heardEnd; // what the caller hears was written up to here

    /// <param name="file">Where blocks go.</param>
    /// <param name="sampleRate">[Hz]</param>
    /// <param name="ahead">How far ahead of the present the heard side is written: the playout lead and one chunk.</param>
    public RecordingTimeline(RecordingFile file, int sampleRate, TimeSpan ahead)
    {
        _file = file;
        _settled = Samples(s_settled, sampleRate);
        _patience = Samples(s_patience, sampleRate);
        _kept = Samples(s_kept, sampleRate);
        _block = Samples(s_block, sampleRate);
        _caller = new RecordingSide(_patience + Samples(s_callerAhead, sampleRate));
        _heard = new RecordingSide(_kept + Samples(ahead, sampleRate));
    }

    public string Path => _file.Path;

    /// <summary>Everything before it has been handed over.</summary>
    public long Final { get; private set; }

    /// <summary>Puts the caller's samples at their place; what has been handed over stays as it is.</summary>
    public void WriteCaller(long position, ReadOnlySpan<short> pcm)
    {
        _callerEnd = Math.Max(_callerEnd, position + pcm.Length);
        while (!pcm.IsEmpty && _caller.Length > 0)
        {
            int count = Math.Min(pcm.Length, _caller.Length);
            HandOverTo(position + count - _caller.Length); // time has passed without Advance, and this is older than patience
            Write(_caller, position, pcm[..count]);
            position += count;
            pcm = pcm[count..];
        }
    }

    /// <summary>Puts samples where the caller will hear them; what lies outside the window is left out.</summary>
    public void WriteHeard(long position, ReadOnlySpan<short> pcm)
    {
        Write(_heard, position, pcm);
        _heardEnd = Math.Max(_heardEnd, Math.Min(position + pcm.Length, Final + _heard.Length));
    }

    /// <summary>The carrier dropped what was not played: nothing is heard from <paramref name="position"/> on.</summary>
    public void ClearHeard(long position)
    {
        long from = Math.Max(position, Final);
        if (from < _heardEnd)
        {
            _heard.Silence((int)(from - Final), (int)(_heardEnd - from));
            _heardEnd = from;
        }
    }

    /// <summary>Hands over what has become final, once it is worth a write.</summary>
    public void Advance(long now)
    {
        if (now - Final < _kept)
        {
            return;
        }

        HandOverTo(Math.Max(Math.Min(now - _settled, _callerEnd), now - _patience));
    }

    /// <summary>The call is over: hands over everything up to now, closes the file and gives the memory back. Nothing is written any more.</summary>
    public void Complete(long now)
    {
        HandOverTo(now);
        _file.Complete();
        _caller.Release();
        _heard.Release();
    }

    // After the end there is nothing to hand over, whatever time it is.
    private void HandOverTo(long position)
    {
        while (Final < position && _caller.Length > 0)
        {
            HandOver((int)Math.Min(_block, position - Final));
        }
    }

    private void Write(in RecordingSide side, long position, ReadOnlySpan<short> pcm)
    {
        long from = Math.Max(position, Final);
        long to = Math.Min(position + pcm.Length, Final + side.Length);
        if (from < to)
        {
            side.Write((int)(from - Final), pcm[(int)(from - position)..(int)(to - position)]);
        }
    }

    private void HandOver(int samples)
    {
        byte[] block = RecordingFile.Rent(samples, out int length);
        Span<short> both = MemoryMarshal.Cast<byte, short>(block.AsSpan(0, length));
        while (!both.IsEmpty)
        {
            ReadOnlySpan<short> left = _caller.Run(both.Length / 2);
            ReadOnlySpan<short> right = _heard.Run(left.Length);
            int count = right.Length;
            WavStereo.Interleave(left[..count], right, both);
            _caller.MoveOn(count);
            _heard.MoveOn(count);
            both = both[(2 * count)..];
        }

        _file.Append(block, length);
        Final += samples;
    }

    private static int Samples(TimeSpan time, int sampleRate) => (int)(time.Ticks * sampleRate / TimeSpan.TicksPerSecond);
}
