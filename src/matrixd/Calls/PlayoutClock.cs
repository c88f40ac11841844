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

    // Jitter of the marks must not tear the recording; a carrier that stood still for longer than this has torn what the caller heard.
    private readonly long _tear = sampleRate / 4;

    // An echo that comes later still is believed this far only: a lost one must not hold the caller's audio back for seconds.
    private readonly long _mostBehind = 2 * sampleRate;

    // Where the ear is known to have been.
    private long _anchorTime;
    private long _anchorPosition;

    // When the run began: the ear is never ahead of real time from here.
    private long _startTime;
    private long _startPosition;

    // The line of the recording: as the run, but for tears.
    private long _runTime;
    private long _runPosition;

    /// <summary>Samples sent so far.</summary>
    public long Sent { get; private set; }

    /// <summary>Samples the caller has heard by <paramref name="now"/>.</summary>
    public long Played(long now) => Math.Min(Sent, _anchorPosition + Math.Max(0, now - _anchorTime));

    /// <summary>True where everything sent has been heard.</summary>
    public bool IsDry(long now) => Played(now) == Sent;

    /// <summary>How long the ear has heard this run [samples]; -1: it hears nothing.</summary>
    public long HeardFor(long now) => IsDry(now) ? -1 : now - _startTime;

    /// <summary>How far the ear is behind what it would have heard of this run on a good line [samples].</summary>
    public long Behind(long now) => IsDry(now) ? 0 : Math.Max(0, now - _startTime - (Played(now) - _startPosition));

    /// <summary>Records that <paramref name="samples"/> more were sent.</summary>
    /// <returns>When the first of them is heard, on the time line.</returns>
    public long Send(int samples, long now)
    {
        if (IsDry(now))
        {
            _anchorTime = _startTime = _runTime = now;
            _anchorPosition = _startPosition = _runPosition = Sent;
        }

        long expected = _anchorTime + (Sent - _anchorPosition);
        if (Math.Abs(expected - TimeOf(Sent)) > _tear)
        {
            _runTime = expected;
            _runPosition = Sent;
        }

        long heardAt = TimeOf(Sent);
        Sent += samples;
        return heardAt;
    }

    /// <summary>When a position of the current run is heard. Small corrections by marks do not move it: a recording must not tear.</summary>
    public long TimeOf(long position) => _runTime + (position - _runPosition);

    /// <summary>The carrier says that everything up to <paramref name="position"/> has been played.</summary>
    public void MarkReached(long position, long now)
    {
        // A carrier that echoes what it has only received would switch the pacing off: nothing is played faster than real time.
        long believable = Math.Min(position, Math.Min(Sent, _startPosition + Math.Max(0, now - _startTime)));
        long played = Played(now);
        if (believable > played || played - believable > _tolerance)
        {
            _anchorTime = now;
            _anchorPosition = Math.Max(believable, played - _mostBehind);
        }
    }

    /// <summary>The network has not taken everything yet: nobody has heard what it has not taken.</summary>
    /// <param name="framedBytes">What waits behind the socket; less than a chunk says nothing.</param>
    /// <returns>By how much the ear is later than it was taken to be [samples].</returns>
    public long NetworkHolds(int framedBytes, long now)
    {
        // Base64 of 16 bits, and the frames' own bytes: at most so many samples; and nothing of an earlier run is there any more.
        long position = Math.Max(Sent - (framedBytes * 3L / 8), _startPosition);
        long late = Played(now) - position;
        if (framedBytes < Playout.MinChunkBytes || IsDry(now) || late <= 0)
        {
            return 0;
        }

        _anchorTime = now;
        _anchorPosition = position;
        return late;
    }

    /// <summary>After <see cref="Clear"/>: the next audio is that of another position, since audio is sent again.</summary>
    public void MoveTo(long position)
    {
        Sent = position;
        _anchorPosition = position;
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
