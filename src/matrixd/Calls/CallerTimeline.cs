namespace Matrixd.Calls;

/// <summary>Where each frame of the caller stands on the recording's time line, whatever the carrier's counters do.</summary>
/// <remarks>
/// The media timestamp is believed while it makes sense: a small difference is continuity, a gap that the clock on the wall allows is a gap, an old
/// sequence number or a repeated timestamp is a duplicate. Anything else (jump, wrap, reset) is taken as the next audio. Arrival decides two things:
/// audio is never newer than its arrival, and a stream that stays behind has lost what is missing. A burst after the network stood still is neither.
/// Owned by one call, under its gate.
/// </remarks>
/// <param name="sampleRate">[Hz]</param>
internal sealed class CallerTimeline(int sampleRate)
{
    /// <summary>Returned for a frame that is not to be used.</summary>
    public const long Drop = -1;

    // Real duplicates come one at a time; a counter that stands still for longer is no counter.
    private const int MaxDropsInARow = 10;

    // A counter that falls further back has begun anew (it wraps, or the carrier counts afresh).
    private const long OldSequences = 1000;

    // Timestamps are whole milliseconds and frames a few of them: less than one 20 ms frame is no gap.
    private readonly long _tolerance = sampleRate / 50;

    // Frames may come in a burst after the network stood still: audio is never newer than its arrival, and this much is believed of clocks that differ.
    private readonly long _slack = sampleRate / 5;

    // A stream this far behind, for that long, does not catch up any more: the carrier has left something out and its counters do not say so.
    private readonly long _hole = sampleRate;
    private readonly long _patience = sampleRate;

    private long _next = -1;
    private long _offset; // of the timestamps' zero on the time line
    private long _lastSequence = long.MinValue;
    private long _lastStamp = -1;
    private long _behindSince = -1;
    private int _drops;

    /// <summary>Frames that filled a gap before them with silence.</summary>
    public int Gaps { get; private set; }

    /// <summary>Places the next frame.</summary>
    /// <param name="length">Its samples.</param>
    /// <param name="sequence">The carrier's sequence number; -1: none came.</param>
    /// <param name="timestamp">The carrier's media time [ms]; -1: none came.</param>
    /// <param name="arrival">Now, in samples on the time line.</param>
    /// <returns>Position of its first sample, or <see cref="Drop"/>.</returns>
    public long Place(int length, long sequence, long timestamp, long arrival)
    {
        // A stamp beyond decades is no time.
        long stamped = timestamp is < 0 or > int.MaxValue * 1000L ? -1 : timestamp * sampleRate / 1000;
        if (_next < 0)
        {
            return Accept(First(length, stamped, arrival), length, sequence, stamped);
        }

        if (!IsOld(sequence, stamped))
        {
            _drops = 0;
        }
        else if (_drops < MaxDropsInARow)
        {
            _drops++;
            return Drop; // seen already, or overtaken: its place has been passed on to the model as it was
        }

        long place = stamped < 0 ? _next : stamped + _offset;
        if (place > _next + _tolerance && place + length <= arrival + _slack)
        {
            Gaps++;
            return Accept(place, length, sequence, stamped);
        }

        if (HasLostTime(_next + length, arrival))
        {
            Gaps++;
            _behindSince = -1;
            return Accept(arrival - length, length, sequence, stamped);
        }

        if (_next + length > arrival + _slack)
        {
            return Accept(Math.Max(0, arrival - length), length, sequence, stamped);
        }

        if (Math.Abs(place - _next) > _tolerance)
        {
            return Accept(_next, length, sequence, stamped);
        }

        // Continuity: the position follows the samples, the offset stays with the timestamps.
        long at = _next;
        Note(at + length, sequence, stamped);
        return at;
    }

    // Where both counters come, both must say so: one that stands still does not make a call deaf.
    private bool IsOld(long sequence, long stamped)
    {
        bool oldSequence = sequence >= 0 && sequence <= _lastSequence && _lastSequence - sequence < OldSequences;
        bool oldStamp = stamped >= 0 && stamped <= _lastStamp;
        return sequence < 0 ? stamped >= 0 && stamped == _lastStamp : oldSequence && (stamped < 0 || oldStamp);
    }

    private bool HasLostTime(long end, long arrival)
    {
        if (arrival - end <= _hole)
        {
            _behindSince = -1;
            return false;
        }

        _behindSince = _behindSince < 0 ? arrival : _behindSince;
        return arrival - _behindSince >= _patience;
    }

    // Timestamps count from the start of the stream, as the time line does: the first one is believed where it is not in the future and not long past.
    // Else the frame ended when it arrived.
    private long First(int length, long stamped, long arrival) =>
        stamped >= 0 && stamped <= arrival + _slack && arrival - stamped <= _hole ? stamped : Math.Max(0, arrival - length);

    private long Accept(long place, int length, long sequence, long stamped)
    {
        if (stamped >= 0)
        {
            _offset = place - stamped;
        }

        Note(place + length, sequence, stamped);
        return place;
    }

    private void Note(long next, long sequence, long stamped)
    {
        _next = next;
        _lastSequence = sequence;
        _lastStamp = stamped;
    }
}
