using Matrixd.Calls;
using Matrixd.Timing;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Matrixd.Tests.Support;

/// <summary>One call in virtual time between two fakes, told in a few lines.</summary>
internal sealed class CallStory : IAsyncDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    private long _sequence = 1;
    private long _timestamp;
    private RunningCall? _running;

    public CallStory(int rate = 8000, Func<CallsOptions, CallsOptions>? options = null, ListLoggers? loggers = null)
    {
        Rate = rate;
        Wheel = new TimerWheel(Clock);
        Options = new CallsOptions { MaxCalls = 10 };
        Options = options?.Invoke(Options) ?? Options;
        if (Options.RecordingDirectory.Length > 0)
        {
            Recordings = new RecordingWriter(Options.RecordingDirectory, Clock, Counters, NullLogger<RecordingWriter>.Instance);
        }

        Environment = new CallEnvironment
        {
            Options = Options, Wheel = Wheel, Sessions = Store, Log = Log, Models = Models, Agents = () => Agents, Recordings = Recordings, Counters = Counters,
            Logger = loggers is null ? NullLogger<CallSession>.Instance : loggers.CreateLogger<CallSession>(),
        };
        Registry = new CallRegistry(Options.MaxCalls);
        Host = new CallHost(Environment, Registry);
    }

    public int Rate { get; }

    public CallsClock Clock { get; } = new();

    public TimerWheel Wheel { get; }

    public CallsOptions Options { get; }

    public CallCounters Counters { get; } = new();

    public FakeSessionStore Store { get; } = new();

    public FakeCallLog Log { get; } = new();

    public FakeConnector Models { get; } = new();

    public FakeAgents Agents { get; } = new();

    public RecordingWriter? Recordings { get; }

    public CallEnvironment Environment { get; }

    public CallRegistry Registry { get; }

    public CallHost Host { get; }

    public FakeCallerLeg Caller { get; } = new();

    public FakeModelLeg Model => Models.Legs[0];

    /// <summary>Told of each step of time that has passed, in samples.</summary>
    public Action<int>? Passed { get; set; }

    public CallSession Call => _running!.Value.Session;

    /// <summary>A call whose model is ready.</summary>
    public static CallStory Joined(int rate = 8000, Func<CallsOptions, CallsOptions>? options = null)
    {
        CallStory story = new(rate, options);
        story.Begin();
        story.Model.Ready();
        return story;
    }

    /// <summary>The stream starts.</summary>
    public void Begin(string callSid = "call-1", string streamSid = "stream-1") =>
        _running = Host.Begin(Start(callSid, streamSid), Caller, out string refusal) ?? throw new InvalidOperationException(refusal);

    public CallStart Start(string callSid, string streamSid) => new(CallSid.Parse(callSid), StreamSid.Parse(streamSid), "09441233609", "08040000000", Rate);

    /// <summary>Time passes; timers fire.</summary>
    public void Pass(double milliseconds)
    {
        for (double left = milliseconds; left > 0; left -= 5)
        {
            Clock.Advance(TimeSpan.FromMilliseconds(Math.Min(5, left)));
            Wheel.Advance();
            Passed?.Invoke((int)(Math.Min(5, left) * Rate / 1000));
        }
    }

    /// <summary>The caller's line for so long, in frames of 20 ms: silence, or this.</summary>
    public void Line(double milliseconds, short[]? pcm = null)
    {
        int length = Rate / 50;
        short[] silence = new short[length];
        for (int frame = 0; frame < milliseconds / 20; frame++)
        {
            Pass(20);
            Frame(pcm is null ? silence : pcm.AsSpan(frame * length, length));
        }
    }

    /// <summary>One frame of the caller, now.</summary>
    public void Frame(ReadOnlySpan<short> pcm)
    {
        Call.OnCallerAudio(Samples16.BytesOf(pcm), _sequence++, _timestamp);
        Call.OnCallerBatchEnd();
        _timestamp += pcm.Length * 1000L / Rate;
    }

    /// <summary>The call's end, which must come by itself.</summary>
    public Task<CallEndReason> EndedAsync() => _running!.Value.Ended.WaitAsync(s_patience);

    public bool HasEnded => Call.EndReason != CallEndReason.None;

    public async Task<CallEndReason> HangUpAsync()
    {
        Call.Stop(CallEndReason.CallerHungUp);
        return await EndedAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_running is not null)
        {
            Call.Stop(CallEndReason.Aborted, "the test is over");
        }

        if (Recordings is not null)
        {
            await Recordings.DisposeAsync();
        }
    }
}
