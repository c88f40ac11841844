namespace Matrixd.Calls;

/// <summary>Where each frame of the caller stands on the recording's time line, whatever the carrier's counters do.</summary>
/// <remarks>
/// The media timestamp is believed while it makes sense: a small difference is continuity, a gap that the clock on the wall allows is a gap, a
/// step back with an old sequence number is a duplicate. Anything else (jump, wrap, reset) is taken as the next audio. Owned by one call, under its gate.
/// </remarks>
/// <param name="sampleRate">[Hz]</param>
internal sealed class CallerTimeline(int sampleRate)
{
    /// <summary>Returned for a frame that is not to be used.</summary>
    public const long Drop = -1;

    // Timestamps are whole milliseconds and frames a few of them: less than one 20 ms frame is no gap.
    private readonly long _tolerance = sampleRate / 50;

    // Frames may come in a burst after the network stood still: audio is never newer than its arrival, and this much is believed of clocks that differ.
    private readonly long _slack = sampleRate / 5;

    // Without believable timestamps only a hole this long counts as one.
    private readonly long _silentHole = sampleRate;

    private long _next = -1;
    private long _offset; // of the timestamps' zero on the time line
    private long _lastSequence = long.MinValue;

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
        long stamped = timestamp < 0 ? -1 : timestamp * sampleRate / 1000;
        if (_next < 0)
        {
            return Accept(First(length, stamped, arrival), length, sequence, stamped);
        }

        if (sequence >= 0 && sequence <= _lastSequence && _lastSequence - sequence < 1000)
        {
            return Drop; // seen already, or overtaken: its place has been passed on to the model as it was
        }

        long latest = arrival + _slack - length;
        long place = stamped < 0 ? _next : stamped + _offset;
        bool believable = stamped >= 0 && place >= _next - _tolerance && place <= Math.Max(latest, _next + _tolerance);
        if (believable && place > _next + _tolerance)
        {
            Gaps++;
            return Accept(place, length, sequence, stamped);
        }

        if (arrival - length - _next > _silentHole)
        {
            Gaps++;
            return Accept(arrival - length, length, sequence, stamped);
        }

        if (believable)
        {
            // Continuity: the position follows the samples, the offset stays with the timestamps.
            long at = _next;
            _next += length;
            _lastSequence = sequence;
            return at;
        }

        return Accept(_next, length, sequence, stamped);
    }

    // Timestamps count from the start of the stream, as the time line does: the first one is believed where it is not in the future and not long past.
    // Else the frame ended when it arrived.
    private long First(int length, long stamped, long arrival) =>
        stamped >= 0 && stamped <= arrival + _slack && arrival - stamped <= _silentHole ? stamped : Math.Max(0, arrival - length);

    private long Accept(long place, int length, long sequence, long stamped)
    {
        if (stamped >= 0)
        {
            _offset = place - stamped;
        }

        _next = place + length;
        _lastSequence = sequence;
        return place;
    }
}
