using System.Buffers.Text;
using System.Runtime.InteropServices;
using Matrixd.Timing;
using Matrixd.Transport;

namespace Matrixd.Simulation;

/// <summary>One call from Exotel's end of the line: dials, speaks in real time, listens, echoes marks, hangs up.</summary>
/// <remarks>
/// Lives from <see cref="StartAsync"/> until <see cref="Completion"/>. Frames leave on the wheel's thread, messages come on the link's
/// receive loop, tests use the doors: one lock makes them take turns, and nothing under it waits.
/// Any number of callers share one wheel, so that four hundred cost one pacing thread.
/// </remarks>
internal sealed class ExotelCaller : IWebSocketSink
{
    // Observed: Exotel closes the socket 5 to 20 ms after `stop`.
    private static readonly TimeSpan s_closeAfterStop = TimeSpan.FromMilliseconds(10);

    private readonly Lock _gate = new();
    private readonly CallerOptions _options;
    private readonly TimerWheel _wheel;
    private readonly WebSocketLink _link;
    private readonly ExotelUplinkWriter _writer;
    private readonly CallerLine _line;
    private readonly CallerSpeaker _speaker;
    private readonly WheelTimer _frameTimer;
    private readonly WheelTimer _markTimer;
    private readonly WheelTimer _hangUpTimer;
    private readonly Watcher _watcher = new();
    private readonly CallerReport _report;
    private Task<CallerReport>? _run;
    private TimeSpan _origin; // of the call's clock, on the wheel's
    private bool _started;
    private bool _stopped;
    private bool _over;
    private int _scriptedFrames;

    private ExotelCaller(CallerOptions options, TimerWheel wheel, WebSocketLink link, CallerReport report)
    {
        _options = options;
        _wheel = wheel;
        _link = link;
        _report = report;
        _writer = new ExotelUplinkWriter(options);
        _line = new CallerLine(options);
        _speaker = new CallerSpeaker(options);
        _frameTimer = new WheelTimer(OnFrameDue);
        _markTimer = new WheelTimer(OnMarkDue);
        _hangUpTimer = new WheelTimer(() => _link.Close(1000, ""));
    }

    /// <summary>The call's end and its figures. Completes last, and never fails.</summary>
    public Task<CallerReport> Completion => _run!;

    /// <summary>What came down the line so far.</summary>
    public IReadOnlyList<CallerEvent> Events
    {
        get
        {
            lock (_gate)
            {
                return [.. _line.Events];
            }
        }
    }

    /// <summary>What was heard so far, from <c>start</c> on, silence where nothing played [options' rate].</summary>
    public short[] Heard
    {
        get
        {
            lock (_gate)
            {
                return _line.Ear.Recording(_over ? _speaker.Ended : Now);
            }
        }
    }

    /// <summary>What was said so far, on the same timeline.</summary>
    public short[] Said
    {
        get
        {
            lock (_gate)
            {
                return _speaker.Said;
            }
        }
    }

    private TimeSpan Now => _wheel.Now - _origin;

    /// <summary>Dials; then, unless scripted, says <c>connected</c> and <c>start</c> and begins to speak.</summary>
    /// <exception cref="DialException">The handshake failed twice.</exception>
    public static async Task<ExotelCaller> StartAsync(CallerOptions options, TimerWheel wheel, CancellationToken stopping = default)
    {
        TimeSpan dialled = wheel.Now;
        (WebSocketLink link, int attempts) = await CallerDial.DialAsync(options, wheel, stopping);
        CallerReport report = new() { CallSid = options.CallSid, Attempts = attempts, ConnectMs = (wheel.Now - dialled).TotalMilliseconds };
        ExotelCaller caller = new(options, wheel, link, report);
        caller._origin = wheel.Now;
        caller._run = caller.RunAsync();
        if (!options.Scripted)
        {
            caller.SendConnected();
            caller.SendStart();
            caller._wheel.Set(caller._frameTimer, TimeSpan.FromMilliseconds(options.Audio.FrameMs));
        }

        return caller;
    }

    public void SendConnected() => SendRaw(WebSocketOpcode.Text, ExotelUplinkWriter.Connected);

    /// <summary>Sends <c>start</c>; the call's clock begins here.</summary>
    public void SendStart()
    {
        lock (_gate)
        {
            if (!_started)
            {
                _started = true;
                _origin = _wheel.Now;
            }

            Put(_writer.Start(CallerDial.CustomParameters(_options.Url)));
        }
    }

    /// <summary>Sends one media frame of any length; nothing paces it.</summary>
    public void SendMedia(ReadOnlySpan<short> pcm)
    {
        byte[] base64 = new byte[Base64.GetMaxEncodedToUtf8Length(pcm.Length * sizeof(short))];
        Base64.EncodeToUtf8(MemoryMarshal.AsBytes(pcm), base64, out _, out _);
        lock (_gate)
        {
            _scriptedFrames++;
            Put(_writer.Media(_scriptedFrames, (_scriptedFrames - 1) * _options.Audio.FrameMs, base64));
        }
    }

    public void SendDtmf(char digit, int milliseconds = 100)
    {
        lock (_gate)
        {
            Put(_writer.Dtmf(digit, milliseconds));
        }
    }

    /// <summary>Hangs up as Exotel does: <c>stop</c>, then the socket is closed.</summary>
    /// <param name="reason"><c>stopped</c> or <c>callended</c>.</param>
    public void SendStop(string reason = "callended", bool closes = true)
    {
        lock (_gate)
        {
            if (_stopped)
            {
                return;
            }

            _stopped = true;
            _wheel.Cancel(_frameTimer);
            Put(_writer.Stop(reason));
            if (closes)
            {
                _wheel.Set(_hangUpTimer, s_closeAfterStop);
            }
        }
    }

    public void SendRaw(string text) => SendRaw(WebSocketOpcode.Text, System.Text.Encoding.UTF8.GetBytes(text));

    public void SendRaw(WebSocketOpcode opcode, ReadOnlySpan<byte> message)
    {
        lock (_gate)
        {
            _link.Send(opcode, message);
            _link.Flush();
        }
    }

    /// <summary>Closes without <c>stop</c>.</summary>
    public void Close() => _link.Close(1000, "");

    /// <summary>Cuts the line: no <c>stop</c>, no close frame.</summary>
    public void Drop() => _link.Abort();

    /// <summary>Waits, with a limit, until something about what came down holds.</summary>
    public Task WaitAsync(Func<IReadOnlyList<CallerEvent>, bool> condition, string what, TimeSpan? limit = null) =>
        _watcher.WaitAsync(() => condition(Events), what, limit);

    public void OnMessage(WebSocketOpcode opcode, ReadOnlySpan<byte> message)
    {
        lock (_gate)
        {
            if (_stopped)
            {
                return; // nothing sent after `stop` is heard
            }

            _line.Take(opcode, message, Now, _started);
            SetMarkTimer();
        }

        _watcher.Pulse();
    }

    public void OnBatchEnd()
    {
    }

    public void OnClosed(WebSocketClose close)
    {
        lock (_gate)
        {
            _over = true;
            _wheel.Cancel(_frameTimer);
            _wheel.Cancel(_markTimer);
            _wheel.Cancel(_hangUpTimer);
            _speaker.End(Now, close);
        }

        _watcher.Pulse();
    }

    private void OnFrameDue()
    {
        lock (_gate)
        {
            if (_over || _stopped)
            {
                return;
            }

            // Frame n is due at n × frame length after start, whatever happened before: a late tick is made up, and nothing drifts.
            TimeSpan now = Now;
            while (!_speaker.Done && _speaker.NextDue <= now)
            {
                ReadOnlySpan<byte> base64 = _speaker.Next(now, _line.Ear.Playing(now), out long number);
                _link.Send(WebSocketOpcode.Text, _writer.Media(number, (number - 1) * _options.Audio.FrameMs, base64));
            }

            _link.Flush();
            if (!_speaker.Done)
            {
                _wheel.Set(_frameTimer, _speaker.NextDue - now);
                return;
            }
        }

        SendStop();
    }

    private void OnMarkDue()
    {
        lock (_gate)
        {
            while (!_over && !_stopped && _line.DueMark(Now) is { } name)
            {
                Put(_writer.Mark(name));
            }

            SetMarkTimer();
        }
    }

    private void SetMarkTimer()
    {
        if (_line.NextMark is { } due)
        {
            _wheel.Set(_markTimer, due - Now);
        }
        else
        {
            _wheel.Cancel(_markTimer);
        }
    }

    private void Put(ReadOnlySpan<byte> message)
    {
        _link.Send(WebSocketOpcode.Text, message);
        _link.Flush();
    }

    private async Task<CallerReport> RunAsync()
    {
        await _link.RunAsync(this);
        lock (_gate)
        {
            return _speaker.Complete(_report, _line);
        }
    }
}
