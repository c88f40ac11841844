using Matrixd.Audio;
using Matrixd.Memory;

namespace Matrixd.Calls;

/// <summary>What the caller hears: model audio, cut into legal chunks and paced to real time.</summary>
/// <remarks>
/// Chunks are at least 3,200 bytes and a multiple of 320 bytes, at any rate; the tail of a turn is padded with silence and sent as soon as the turn's
/// audio ends. A chunk goes out when the carrier holds no more than the lead. It can be paused, and then goes on where the caller heard it stop.
/// Owned by one call, under its gate; allocates in the constructor only, once where the model changes its rate, and at a pause. Time is in samples at
/// the caller's rate, on the recording's time line.
/// Source: wire facts of Exotel, audio: chunks ≥ 3,200 bytes, ≤ 100,000 bytes, multiples of 320.
/// </remarks>
internal sealed class Playout : IHot
{
    /// <summary>Smallest chunk the carrier plays cleanly [bytes].</summary>
    public const int MinChunkBytes = 3200;

    /// <summary>A chunk is a multiple of this [bytes].</summary>
    public const int ChunkMultiple = 320;

    // A turn whose audio stops without a word that it is complete is flushed after this. The model can falter for some hundred milliseconds in
    // mid-word: padding then would put silence into speech that a moment's wait keeps whole.
    private static readonly TimeSpan s_tailWait = TimeSpan.FromSeconds(1);

    // More framed bytes than this behind the socket mean that the network is not taking audio in real time: hold the rest back, where it can be dropped.
    private const int CongestedBytes = 24 * 1024;

    private readonly ICallerLeg _leg;
    private readonly CallCounters _counters;
    private readonly RecordingTimeline? _recording;
    private readonly FarEndLevel? _farEnd;
    private readonly PlayoutQueue _queue;
    private readonly PlayoutMarks _marks;
    private readonly PlayoutTurns _turnEnds = new();
    private readonly PlayoutInput _input;
    private readonly int _sampleRate;
    private readonly int _chunkBytes;
    private readonly long _lead;
    private readonly long _tailWait;
    private long _lastWrite;
    private long _fadeFrom; // position where audio begins again after a pause
    private long _pausedAt = -1; // position the caller heard up to; -1: not paused
    private bool _insideTurn; // audio has gone out and its end has not

    /// <param name="sampleRate">The caller's rate [Hz].</param>
    /// <param name="lead">How far the carrier is kept ahead of real time, beside the chunk itself.</param>
    /// <param name="farEnd">Told what the caller hears; null: nobody wants to know.</param>
    /// <param name="canPause">Audio is kept until it has been heard, so that <see cref="Pause"/> loses none.</param>
    public Playout(
        ICallerLeg leg, int sampleRate, TimeSpan lead, RecordingTimeline? recording, CallCounters counters, FarEndLevel? farEnd = null, bool canPause = false)
    {
        _leg = leg;
        _counters = counters;
        _recording = recording;
        _farEnd = farEnd;
        _sampleRate = sampleRate;
        Clock = new PlayoutClock(sampleRate);
        _marks = new PlayoutMarks(sampleRate);

        // 3,200 bytes are 67 ms at 24 kHz: 100 ms there halves the frames and is still a multiple of 320.
        _chunkBytes = Math.Max(MinChunkBytes, Bytes(sampleRate / 10));
        _lead = Samples(lead);
        _tailWait = Samples(s_tailWait);
        _fadeFrom = -sampleRate;

        // A full queue still takes the padding of its last turn. What the carrier can hold unheard: the lead, a closing chunk, and what its marks may be late.
        _queue = new PlayoutQueue(PlayoutInput.Bound(sampleRate) + MinChunkBytes, canPause ? Bytes(_lead + sampleRate) + (2 * _chunkBytes) : 0);
        _input = new PlayoutInput(_queue, sampleRate, counters);
    }

    public PlayoutClock Clock { get; }

    /// <summary>Position after the last sample that has been taken in, silence of padding included.</summary>
    public long Written => Clock.Sent + (_queue.Count / Pcm.BytesPerSample);

    /// <summary>Between <see cref="Pause"/> and <see cref="Resume"/> or <see cref="Interrupt"/>.</summary>
    public bool IsPaused => _pausedAt >= 0;

    /// <summary>Audio of a turn has come in and its end has not.</summary>
    public bool IsTurnOpen => _input.IsTurnOpen;

    /// <summary>True while audio is queued here or at the carrier.</summary>
    public bool IsPlaying(long now) => _queue.Count > 0 || !Clock.IsDry(now);

    /// <summary>Takes in model audio. Nothing is sent before <see cref="Pump"/>.</summary>
    /// <param name="pcm">s16le mono; whole samples.</param>
    /// <param name="sampleRate">[Hz]</param>
    /// <exception cref="ArgumentException">There is no way from <paramref name="sampleRate"/> to the caller's rate.</exception>
    public void Write(ReadOnlySpan<byte> pcm, int sampleRate, long now)
    {
        _input.Write(pcm, sampleRate);
        _lastWrite = now;
    }

    /// <summary>All audio of the turn has come: its last samples leave the filter, the tail is padded.</summary>
    public void EndTurn()
    {
        if (_input.IsTurnOpen)
        {
            _input.EndTurn();
            PadTail();
        }
    }

    /// <summary>Sends what is due.</summary>
    /// <returns>When to come again [samples from now]; <see cref="long.MaxValue"/>: not before something happens.</returns>
    public long Pump(long now)
    {
        while (true)
        {
            int queued = _leg.QueuedBytes;
            if (Clock.NetworkHolds(queued, now) is > 0 and long late)
            {
                CallCounters.Add(ref _counters.PlayoutHeldMilliseconds, late * 1000 / _sampleRate);
            }

            int bytes = NextChunk();
            if (IsPaused || (bytes == 0 && !_input.IsTurnOpen))
            {
                return long.MaxValue;
            }

            long wait = Clock.Sent - Clock.Played(now) - _lead;
            if (bytes == 0)
            {
                wait = Math.Max(wait, _lastWrite + _tailWait - now);
            }

            if (wait > 0)
            {
                return wait;
            }

            if (bytes == 0)
            {
                EndTurn(); // only now that its tail is needed: inside a turn that is still being played, silence has no place
                continue;
            }

            if (queued > CongestedBytes)
            {
                return _sampleRate / 50;
            }

            SendChunk(bytes, now);
        }
    }

    /// <summary>Barge-in, in one step: what is not sent is dropped, the carrier told to drop the rest, outstanding marks forgotten.</summary>
    /// <returns>The position the caller heard up to.</returns>
    public long Interrupt(long now)
    {
        _queue.Clear();
        _turnEnds.Clear();
        _input.Reset();
        _insideTurn = false;
        _fadeFrom = -_sampleRate;
        if (IsPaused)
        {
            long pausedAt = _pausedAt; // the carrier has been cleared then, and given nothing since
            _pausedAt = -1;
            Clock.MoveTo(pausedAt);
            return pausedAt;
        }

        return Clear(now);
    }

    /// <summary>Perhaps a barge-in: the carrier is told to drop what it holds, and all that was not heard is kept.</summary>
    /// <returns>The position the caller heard up to; -1, and nothing done, where nothing plays.</returns>
    public long Pause(long now)
    {
        if (IsPaused || !_queue.KeepsSent || !IsPlaying(now))
        {
            return -1;
        }

        long sent = Clock.Sent;
        long heard = Clear(now);
        long from = sent - (_queue.TakeBack(Bytes(sent - heard)) / Pcm.BytesPerSample);
        _turnEnds.TakeBack(from);
        _fadeFrom = from;
        _pausedAt = from;
        _insideTurn = false;

        // The end of a turn that is known stays where it is: silence before makes the rest of the turn whole chunks again.
        int rest = _turnEnds.TryNext(out long end) ? Bytes(end - from) : 0;
        int silence = rest > 0 ? Legal(rest) - rest : 0;
        _queue.PrependSilence(silence);
        Clock.MoveTo(from - (silence / Pcm.BytesPerSample));
        return from;
    }

    /// <summary>It was none: goes on where the caller heard it stop, at the next <see cref="Pump"/>.</summary>
    public void Resume() => _pausedAt = -1;

    /// <summary>A mark has come back. Unknown ones, and those from before a clear, say nothing.</summary>
    public void MarkEchoed(long mark, long now)
    {
        if (_marks.TryReach(mark, out long position))
        {
            Clock.MarkReached(position, now);
            CallCounters.Add(ref _counters.MarksEchoed);
        }
    }

    /// <summary>Gives its memory back: the call is over.</summary>
    public void Release() => _queue.Clear();

    private long Clear(long now)
    {
        long heard = Clock.Clear(now);
        _marks.Clear(heard);
        _recording?.ClearHeard(now);
        _farEnd?.Clear(now);
        _leg.SendClear();
        return heard;
    }

    private void PadTail()
    {
        int tail = Bytes(Written - (_turnEnds.TryNewest(out long before) ? before : Clock.Sent));
        if (tail > 0)
        {
            Span<byte> silence = stackalloc byte[MinChunkBytes];
            silence.Clear();
            _queue.Write(silence[..(Legal(tail) - tail)]);
            _turnEnds.Add(Written);
        }
        else if (_insideTurn && _queue.Count == 0)
        {
            // Its last chunk was whole and has left before its end was known.
            _insideTurn = false;
            SendMark();
        }
    }

    // Bytes of the next legal chunk that is there whole; 0: none.
    private int NextChunk()
    {
        if (!_turnEnds.TryNext(out long end))
        {
            return _queue.Count >= _chunkBytes ? _chunkBytes : 0;
        }

        int rest = Bytes(end - Clock.Sent);
        return rest < 2 * _chunkBytes ? rest : _chunkBytes;
    }

    // On the stack, which is in the caches: a call's own buffer would have been pushed out of them since its last chunk. At most two chunks.
    [System.Runtime.CompilerServices.SkipLocalsInit]
    private void SendChunk(int bytes, long now)
    {
        Span<byte> chunk = stackalloc byte[bytes];
        if (Clock.IsDry(now))
        {
            _queue.ForgetSent();
        }

        _queue.Read(chunk);
        FadeIn.Apply(chunk, Clock.Sent - _fadeFrom, _sampleRate);
        if (_insideTurn && Clock.IsDry(now))
        {
            CallCounters.Add(ref _counters.PlayoutUnderruns);
        }

        long heardAt = Clock.Send(bytes / Pcm.BytesPerSample, now);
        _recording?.WriteHeard(heardAt, Samples16.Of(chunk));
        _farEnd?.Write(heardAt, Samples16.Of(chunk));
        _leg.SendChunk(chunk);
        CallCounters.Add(ref _counters.ChunksSent);
        bool turnEnds = _turnEnds.TryNext(out long end) && Clock.Sent >= end;
        if (turnEnds)
        {
            _turnEnds.Pass();
        }

        _insideTurn = !turnEnds;
        if (turnEnds || _marks.IsDue(Clock.Sent))
        {
            SendMark();
        }
    }

    private void SendMark()
    {
        _leg.SendMark(_marks.Add(Clock.Sent));
        CallCounters.Add(ref _counters.MarksSent);
    }

    // The chunk or chunks that hold so much, and silence beside it.
    private static int Legal(int bytes) => Math.Max(MinChunkBytes, (bytes + ChunkMultiple - 1) / ChunkMultiple * ChunkMultiple);

    private long Samples(TimeSpan time) => time.Ticks * _sampleRate / TimeSpan.TicksPerSecond;

    private static int Bytes(long samples) => checked((int)samples * Pcm.BytesPerSample);

    public void AddTo(HotSet set) => set.Add(_queue);
}
