namespace Matrixd.Calls;

/// <summary>Where the caller's ear is in the audio we have sent.</summary>
/// <remarks>
/// Positions are samples since the call began, at the caller's rate; time is in the same unit on the recording's time line. The carrier plays what
/// it has in real time, so the position follows the clock from an anchor; marks that come back correct it, and where none comes the clock alone does.
/// A <em>run</em> is audio played without a break. Owned by one call, under its gate.
/// </remarks>
/// <param name="sampleRate">[Hz]</param>
internal sealed class PlayoutClock(int sampleRate)
{
    // A mark's echo is late by the way back; only more than this says that the carrier is really behind.
    private readonly long _tolerance = sampleRate * 60 / 1000;

    private long _anchorTime;
    private long _anchorPosition;
    private long _runTime;
    private long _runPosition;

    /// <summary>Samples sent so far.</summary>
    public long Sent { get; private set; }

    /// <summary>Samples the caller has heard by <paramref name="now"/>.</summary>
    public long Played(long now) => Math.Min(Sent, _anchorPosition + Math.Max(0, now - _anchorTime));

    /// <summary>True where everything sent has been heard.</summary>
    public bool IsDry(long now) => Played(now) == Sent;

    /// <summary>Records that <paramref name="samples"/> more were sent.</summary>
    /// <returns>When the first of them is heard, on the time line.</returns>
    public long Send(int samples, long now)
    {
        if (IsDry(now))
        {
            _anchorTime = _runTime = now;
            _anchorPosition = _runPosition = Sent;
        }

        long heardAt = TimeOf(Sent);
        Sent += samples;
        return heardAt;
    }

    /// <summary>When a position of the current run is heard. Corrections by marks do not move it: a recording must not tear.</summary>
    public long TimeOf(long position) => _runTime + (position - _runPosition);

    /// <summary>The carrier says that everything up to <paramref name="position"/> has been played.</summary>
    public void MarkReached(long position, long now)
    {
        long played = Played(now);
        if (position > played || played - position > _tolerance)
        {
            _anchorTime = now;
            _anchorPosition = Math.Min(position, Sent);
        }
    }

    /// <summary>The carrier has dropped what it had not played.</summary>
    /// <returns>The position that was reached; the next audio follows there.</returns>
    public long Clear(long now)
    {
        long played = Played(now);
        Sent = played;
        _anchorPosition = played;
        _anchorTime = now;
        return played;
    }
}
