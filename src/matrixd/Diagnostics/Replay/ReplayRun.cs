using Matrixd.Audio;
using Matrixd.Calls;
using Matrixd.Exotel;
using Matrixd.Timing;
using Matrixd.Transport;

namespace Matrixd.Diagnostics;

/// <summary>One replay: moves the clock from one thing to the next, and lets the call do what it does.</summary>
/// <remarks>One thread does everything of the call, in an order that the tape and the clock alone decide; so two replays of a tape are the same, byte by byte.</remarks>
internal sealed class ReplayRun
{
    // Beyond the tape's end: longer than any wait of a call for its model or its carrier, so that what comes of a fault is seen.
    private static readonly TimeSpan s_after = TimeSpan.FromMinutes(2);

    // On the clock of the machine.
    private static readonly TimeSpan s_lettingGo = TimeSpan.FromSeconds(2);

    // The recording's thread is to keep up with a call that runs hundreds of times faster than a call does.
    private const int MaxBacklog = 1024;

    private readonly ReplayRequest _request;
    private readonly TapeContent _tape;
    private readonly VirtualClock _clock;
    private readonly List<ReplayFrame> _sent = [];
    private readonly ReplayCallerAudio _audio;
    private readonly ReplayFaults _faults;

    /// <exception cref="InvalidDataException">The tape, or the recording, is none.</exception>
    /// <exception cref="IOException">One of them cannot be read.</exception>
    public ReplayRun(ReplayRequest request)
    {
        _request = request;
        _tape = TapeReader.Read(request.Tape);
        _clock = new VirtualClock(_tape.At);
        _faults = new ReplayFaults(request.Faults);
        _audio = new ReplayCallerAudio(!_tape.HasAudio && request.Recording.Length > 0 ? WavFile.Read(request.Recording) : null);
    }

    public async Task<ReplayReport> RunAsync()
    {
        string recording = "";
        ReplayReport report;
        SynchronizationContext? before = SynchronizationContext.Current;
        OwnThread thread = new();
        ReplayModel model = new(_clock, thread, _tape, _faults, _sent.Add);
        ReplayHouse house = new(_tape, _request, _clock, model);
        try
        {
            Play(thread, house, model);
            report = new ReplayReporter(_tape, _request, house, model, _audio, _faults, _sent).Make();
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(before);
            await house.DisposeAsync(); // the recording is finished with it
        }

        if (_request.OutDirectory.Length > 0)
        {
            recording = ReplayOutput.TakeRecording(_request.OutDirectory);
            report = report with { Recording = recording };
            ReplayOutput.Write(_request.OutDirectory, _tape, report, _sent);
        }

        return report;
    }

    private void Play(OwnThread thread, ReplayHouse house, ReplayModel model)
    {
        SynchronizationContext.SetSynchronizationContext(thread);
        ReplayCaller caller = new(_tape.Entries, _audio);
        ReplayLink link = new(thread, OnSent, () => { });
        caller.Link = link;
        Task serving = house.Caller(link).RunAsync();
        TimeSpan limit = (_tape.Entries.Count > 0 ? _tape.Entries[^1].At : TimeSpan.Zero) + s_after;
        bool isTold = false;
        bool isLettingGo = false;
        while (!serving.IsCompleted)
        {
            thread.RunAll();
            if (house.Store.Ending is not null && !isLettingGo)
            {
                // What is left of the call passes through the pool, whatever it awaits: the clock waits for it, so that it always comes at the same time.
                isLettingGo = true;
                SpinWait.SpinUntil(() => RunAll(thread, serving), s_lettingGo);
                continue;
            }

            TimeSpan next = Earliest(NextTick(), caller.NextDue, model.NextDue, _clock.NextDue);
            _clock.AdvanceTo(next);
            thread.RunAll();
            house.Wheel.Advance();
            thread.RunAll();
            Deliver(thread, caller, model);
            KeepBack(house);
            if (caller.NextDue == TimeSpan.MaxValue && link.IsOpen && !isTold && _clock.Now > _tape.Entries[^1].At + TimeSpan.FromSeconds(1) && EndsOpen)
            {
                isTold = true;
                link.End(new WebSocketClose(WebSocketCloseCause.Lost, CloseCodes.NoFrame, "")); // the tape has no end: the daemon was killed, or the file was full
            }

            if (_clock.Now > limit)
            {
                throw new InvalidDataException($"the replayed call has not ended {s_after.TotalSeconds:0} s after its tape");
            }
        }

        static bool RunAll(OwnThread thread, Task serving)
        {
            thread.RunAll();
            return serving.IsCompleted;
        }

        void OnSent(WebSocketOpcode opcode, byte[] message) => _sent.Add(new ReplayFrame(_clock.Now, TapeLeg.Exotel, 1, opcode, message));
    }

    // The carrier's socket has no end on the tape.
    private bool EndsOpen => !_tape.Entries.Any(entry => entry is { Leg: TapeLeg.Exotel, IsInbound: true, Event: TapeEvent.Close });

    private void Deliver(OwnThread thread, ReplayCaller caller, ReplayModel model)
    {
        bool more = true;
        while (more)
        {
            more = caller.NextDue <= model.NextDue ? DeliverCaller(caller) : model.DeliverNext(_clock.Now);
            thread.RunAll();
        }
    }

    private bool DeliverCaller(ReplayCaller caller)
    {
        if (caller.NextDue <= _clock.Now && _audio.Rate == 0 && StartRate() is { } rate && caller.NextDue >= rate.At)
        {
            _audio.Begin(rate.At, rate.Hertz);
        }

        return caller.DeliverNext(_clock.Now);
    }

    private (TimeSpan At, int Hertz)? StartRate()
    {
        TapeEntry? start = _tape.Entries.FirstOrDefault(entry => entry is { Leg: TapeLeg.Exotel, IsInbound: true } && entry.Json.Contains("\"event\":\"start\"", StringComparison.Ordinal));
        if (start is null)
        {
            return null;
        }

        int rate = ExotelStartReader.Read(System.Text.Encoding.UTF8.GetBytes(start.Json)).SampleRate;
        return (start.At, rate == 0 ? 8000 : rate);
    }

    private static void KeepBack(ReplayHouse house)
    {
        if (house.Recordings is { } recordings && recordings.Backlog > MaxBacklog)
        {
            SpinWait.SpinUntil(() => recordings.Backlog < MaxBacklog / 2);
        }
    }

    // The wheel's next tick.
    private TimeSpan NextTick() => TimeSpan.FromTicks(((_clock.Now.Ticks / TimerWheel.Tick.Ticks) + 1) * TimerWheel.Tick.Ticks);

    private static TimeSpan Earliest(params ReadOnlySpan<TimeSpan> times)
    {
        TimeSpan first = times[0];
        foreach (TimeSpan time in times)
        {
            first = time < first ? time : first;
        }

        return first;
    }
}
