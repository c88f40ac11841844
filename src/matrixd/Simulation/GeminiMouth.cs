using Matrixd.Timing;

namespace Matrixd.Simulation;

/// <summary>Says turns: audio in uneven messages, faster than it plays, then the two ends of a turn.</summary>
/// <remarks>Owned by one connection; every method is called under that connection's lock.</remarks>
internal sealed class GeminiMouth
{
    public const int Rate = 24000; // [Hz]

    private const int MaxQueued = 16; // turns that a script may ask for ahead
    private static readonly TimeSpan s_retry = TimeSpan.FromMilliseconds(20); // the client does not read: the way of a full socket

    // 98 to 191 ms a message, none a multiple of 20 ms. Observed: production.
    private static readonly int[] s_messageSizes = [2352, 3528, 4584, 2952, 3217];

    private readonly GeminiConnection _connection;
    private readonly GeminiOutbox _outbox;
    private readonly TimerWheel _wheel;
    private readonly double _speed;
    private readonly WheelTimer _timer;
    private readonly Queue<GeminiTurn> _queue = new();
    private GeminiTurn? _turn;
    private bool _stopped;

    public GeminiMouth(GeminiConnection connection, GeminiOutbox outbox, TimerWheel wheel, double speed)
    {
        _connection = connection;
        _outbox = outbox;
        _wheel = wheel;
        _speed = speed;
        Action step = Step;
        _timer = new WheelTimer(() => connection.Locked(step));
    }

    /// <summary>A turn is being said, or would still be playing at the client.</summary>
    public bool Speaking => _turn is not null;

    /// <summary>Half of real time.</summary>
    public bool Slow { get; set; }

    /// <summary>Digital zeros instead of the voice.</summary>
    public bool Mute { get; set; }

    /// <summary>A voice of a few steps of 16 bits.</summary>
    public bool Faint { get; set; }

    /// <summary><see cref="FaultKind.Empty"/>, <see cref="FaultKind.Reject"/> or <see cref="FaultKind.Ignore"/>: what becomes of the next turn; null: it is said.</summary>
    public FaultKind? Next { get; set; }

    /// <exception cref="InvalidOperationException">More turns wait than a script may ask for.</exception>
    public void Say(GeminiTurn turn)
    {
        if (_stopped)
        {
            turn.Done.TrySetResult(false);
            return;
        }

        if (_turn is not null)
        {
            if (_queue.Count == MaxQueued)
            {
                throw new InvalidOperationException($"{MaxQueued} turns wait already");
            }

            _queue.Enqueue(turn);
            return;
        }

        Begin(turn);
    }

    /// <summary>The caller talks over the turn: no more audio, <c>interrupted</c>, <c>turnComplete</c>.</summary>
    /// <returns>False where nothing was being said.</returns>
    public bool Interrupt()
    {
        if (_turn is null)
        {
            return false;
        }

        _outbox.Interrupted();
        Finish(said: false);
        return true;
    }

    /// <summary>Stops in mid-turn: nothing more of it comes, not even its end.</summary>
    public void Halt()
    {
        _wheel.Cancel(_timer);
        _turn?.Done.TrySetResult(false);
        _turn = null;
    }

    /// <summary>The connection is over, or closing: nothing is said any more.</summary>
    public void Stop()
    {
        _stopped = true;
        _wheel.Cancel(_timer);
        _turn?.Done.TrySetResult(false);
        _turn = null;
        while (_queue.TryDequeue(out GeminiTurn? waiting))
        {
            waiting.Done.TrySetResult(false);
        }
    }

    private void Begin(GeminiTurn turn)
    {
        if (Next is { } fault)
        {
            Next = null;
            turn.Done.TrySetResult(false);
            if (fault != FaultKind.Ignore)
            {
                _connection.SendTurnComplete(0, fault == FaultKind.Reject ? "RESPONSE_REJECTED" : "");
            }

            return;
        }

        turn.Started = _wheel.Now;
        _turn = turn;
        Step();
    }

    private void Step()
    {
        if (_turn is not { } turn)
        {
            return;
        }

        double speed = Slow ? 0.5 : _speed;
        while (turn.Sent < turn.Pcm.Length)
        {
            TimeSpan wait = speed == 0 ? TimeSpan.Zero : turn.Started + (Duration(turn.Sent) / speed) - _wheel.Now;
            if (wait > TimeSpan.Zero)
            {
                _wheel.Set(_timer, wait);
                return;
            }

            if (!SendNext(turn))
            {
                _wheel.Set(_timer, s_retry);
                return;
            }

            if (_turn != turn)
            {
                return; // a fault that waited for this turn ended it
            }
        }

        EndWhenPlayed(turn, speed);
    }

    private void EndWhenPlayed(GeminiTurn turn, double speed)
    {
        if (!turn.Generated)
        {
            turn.Generated = true;
            _outbox.GenerationComplete();
        }

        TimeSpan left = speed == 0 ? TimeSpan.Zero : turn.Started + Duration(turn.Pcm.Length) - _wheel.Now;
        if (left > TimeSpan.Zero)
        {
            _wheel.Set(_timer, left);
        }
        else
        {
            Finish(said: true);
        }
    }

    private bool SendNext(GeminiTurn turn)
    {
        int size = Math.Min(s_messageSizes[turn.Messages % s_messageSizes.Length], turn.Pcm.Length - turn.Sent);
        ReadOnlySpan<short> pcm = Mute ? new short[size] : turn.Pcm.Span.Slice(turn.Sent, size);
        pcm = Faint ? Softened(pcm) : pcm;
        if (!_connection.SendAudio(pcm, turn.TranscriptFor(turn.Sent, size), turn.Messages))
        {
            return false;
        }

        turn.Sent += size;
        turn.Messages++;
        return true;
    }

    private void Finish(bool said)
    {
        GeminiTurn turn = _turn!;
        _wheel.Cancel(_timer);
        _turn = null;
        _connection.SendTurnComplete(turn.Sent);
        turn.Done.TrySetResult(said);
        if (_queue.TryDequeue(out GeminiTurn? next))
        {
            Begin(next);
        }
    }

    // 60 dB: full scale becomes 32 steps.
    private static short[] Softened(ReadOnlySpan<short> pcm)
    {
        short[] soft = new short[pcm.Length];
        for (int i = 0; i < pcm.Length; i++)
        {
            soft[i] = (short)(pcm[i] / 1000);
        }

        return soft;
    }

    private static TimeSpan Duration(int samples) => TimeSpan.FromSeconds((double)samples / Rate);
}
