using System.Runtime.InteropServices;

namespace Matrixd.Simulation;

/// <summary>The caller's ear, virtual and exact to the sample: chunks queue, play in real time from their arrival, and silence fills the gaps.</summary>
/// <remarks>Owned by one caller and called under its lock. Times are those since <c>start</c>; position 0 is that moment.</remarks>
internal sealed class Earpiece(int rate, bool keep)
{
    /// <summary>A gap up to this long is inside a turn: the next turn of a conversation takes longer to begin.</summary>
    public static readonly TimeSpan LongestGap = TimeSpan.FromSeconds(1);

    private readonly List<short> _heard = [];
    private long _end; // where the queue runs dry [samples]
    private long _played; // samples of audio that play, without the gaps
    private bool _cleared; // since the last chunk

    public int Chunks { get; private set; }

    public int Clears { get; private set; }

    /// <summary>Times the queue ran dry although the turn went on.</summary>
    public int UnderRuns { get; private set; }

    /// <summary>When the first audio came; null: none yet.</summary>
    public TimeSpan? FirstAudio { get; private set; }

    /// <summary>Most audio that ever waited to be played.</summary>
    public TimeSpan LargestQueue { get; private set; }

    /// <summary>When all that was sent will have been played.</summary>
    public TimeSpan End => TimeOf(_end);

    public bool Playing(TimeSpan now) => now < End;

    /// <summary>Audio heard or waiting, without the gaps between.</summary>
    public TimeSpan Heard => TimeOf(_played);

    public void Play(TimeSpan now, ReadOnlySpan<byte> pcm)
    {
        long position = PositionOf(now);
        if (position > _end)
        {
            if (Chunks > 0 && !_cleared && TimeOf(position - _end) <= LongestGap)
            {
                UnderRuns++;
            }

            Pad(position);
            _end = position;
        }

        Chunks++;
        _cleared = false;
        FirstAudio ??= now;
        ReadOnlySpan<short> samples = MemoryMarshal.Cast<byte, short>(pcm);
        if (keep)
        {
            _heard.AddRange(samples);
        }

        _end += samples.Length;
        _played += samples.Length;
        TimeSpan queue = TimeOf(_end - position);
        LargestQueue = queue > LargestQueue ? queue : LargestQueue;
    }

    /// <summary>Drops what has not been played.</summary>
    public void Clear(TimeSpan now)
    {
        Clears++;
        _cleared = true;
        long position = PositionOf(now);
        if (position >= _end)
        {
            return;
        }

        _played -= _end - position;
        _end = position;
        if (keep)
        {
            _heard.RemoveRange((int)position, _heard.Count - (int)position);
        }
    }

    /// <summary>What was heard from the start to <paramref name="until"/>, gaps as silence; what had not been played by then is cut.</summary>
    public short[] Recording(TimeSpan until)
    {
        long length = PositionOf(until);
        short[] recording = new short[length];
        ReadOnlySpan<short> heard = CollectionsMarshal.AsSpan(_heard);
        heard[..(int)Math.Min(heard.Length, length)].CopyTo(recording);
        return recording;
    }

    private void Pad(long position)
    {
        if (keep)
        {
            CollectionsMarshal.SetCount(_heard, (int)position);
            CollectionsMarshal.AsSpan(_heard)[(int)_end..].Clear();
        }
    }

    private long PositionOf(TimeSpan time) => time.Ticks * rate / TimeSpan.TicksPerSecond;

    private TimeSpan TimeOf(long samples) => TimeSpan.FromTicks(samples * TimeSpan.TicksPerSecond / rate);
}
