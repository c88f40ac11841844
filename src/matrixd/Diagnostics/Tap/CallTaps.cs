using System.Collections.Concurrent;
using Matrixd.Calls;
using Matrixd.Config;
using Matrixd.Exotel;
using Matrixd.Transport;
using Microsoft.Extensions.Logging;

namespace Matrixd.Diagnostics;

/// <summary>The calls that are watched: wire tap and flight recorder of the daemon.</summary>
/// <remarks>
/// Lives as long as the daemon; any thread. A call is entered when its start is seen, found by its SID when the model is dialled, and forgotten when it and
/// the carrier's socket are gone. Where neither tap nor recorder is on, links are handed back as they are.
/// </remarks>
internal sealed partial class CallTaps : ICallWatch, IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, CallTap> _byStream = new();
    private readonly ConcurrentDictionary<string, CallTap> _byCall = new();
    private readonly DiagnosticsOptions _options;
    private readonly TapeHead _head;
    private readonly TimeProvider _clock;
    private readonly TapWriter? _writer;
    private readonly ILogger _logger;

    /// <param name="head">Makes the first lines of tapes.</param>
    public CallTaps(DiagnosticsOptions options, TapeHead head, TimeProvider clock, ILoggerFactory loggers)
    {
        _options = options;
        _head = head;
        _clock = clock;
        _logger = loggers.CreateLogger<CallTaps>();
        Selector = new TapSelector(options.WireTap);
        if (options.TapDirectory.Length > 0)
        {
            _writer = new TapWriter(options, clock, Counters, loggers.CreateLogger<TapWriter>());
        }
    }

    public TapCounters Counters { get; } = new();

    /// <summary>Which calls are taped.</summary>
    public TapSelector Selector { get; }

    /// <summary>Watches a socket of the carrier, from its birth.</summary>
    public WebSocketLink Watch(WebSocketLink link) => _writer is not null && (_options.FlightRecorder || Selector.IsOn)
        ? new TappedLink(link, new CallerTap(this, _clock.GetTimestamp()))
        : link;

    /// <summary>The call, where it is watched.</summary>
    public CallTap? Find(CallSid callSid) => _byCall.GetValueOrDefault(callSid.Value);

    public void OnBegun(CallStart start)
    {
        if (_byStream.TryGetValue(start.StreamSid.Value, out CallTap? call))
        {
            call.Begun();
            _byCall[call.CallSid] = call; // a newer stream of a call takes the place of a dead one
        }
    }

    public void OnEnded(CallStart start, CallEndReason reason, string detail)
    {
        if (_byStream.TryGetValue(start.StreamSid.Value, out CallTap? call))
        {
            if (call.Flight is { } flight && IsBad(reason))
            {
                Interlocked.Increment(ref Counters.FlightRecords);
                new FlightRecord(_writer!, _head.OfFlight(call, _clock.GetUtcNow(), reason.Word(), detail)).Write(call, flight);
            }

            Forget(call, call.CallEnded(reason, detail));
        }
    }

    public ValueTask DisposeAsync() => _writer?.DisposeAsync() ?? ValueTask.CompletedTask;

    /// <summary>Microseconds since a timestamp.</summary>
    internal long Since(long origin) => _clock.GetElapsedTime(origin).Ticks / TimeSpan.TicksPerMicrosecond;

    /// <summary>A start has come: decides whether the call is watched.</summary>
    internal CallTap? Begin(ExotelStart start, long origin)
    {
        if (!CallSid.TryParse(start.CallSid, out _) || !StreamSid.TryParse(start.StreamSid, out _))
        {
            return null; // it becomes no call, and no file's name
        }

        Tape? tape = null;
        if (Selector.Takes(start.CallSid, start.From, start.To))
        {
            tape = new Tape(_writer!, start.CallSid, _head.OfTape(start, _clock.GetUtcNow()), TapeFolder.TapeSuffix);
            LogTaped(start.CallSid, _options.TapDirectory, _options.KeepAudio ? "with its audio" : "without audio");
        }

        if (tape is null && !_options.FlightRecorder)
        {
            return null;
        }

        CallTap call = new(start.CallSid, start.StreamSid, tape, _options.FlightRecorder ? new FlightRing() : null, _clock, origin);
        return _byStream.TryAdd(start.StreamSid, call) ? call : null; // the second is refused
    }

    internal void CallerGone(CallTap call) => Forget(call, call.CallerGone());

    private void Forget(CallTap call, bool isOver)
    {
        if (isOver)
        {
            _byStream.TryRemove(KeyValuePair.Create(call.StreamSid, call));
            _byCall.TryRemove(KeyValuePair.Create(call.CallSid, call));
            call.Finish();
        }
    }

    // Ends that somebody will ask about. The caller hanging up, the agent's goodbye, limits and a stopping daemon explain themselves.
    private static bool IsBad(CallEndReason reason) => reason is CallEndReason.ModelUnreachable or CallEndReason.ModelRefused or CallEndReason.ModelLost
        or CallEndReason.ModelEnded or CallEndReason.MediaLost or CallEndReason.ProtocolError or CallEndReason.RateLimited or CallEndReason.Overload or CallEndReason.InternalError;

    [LoggerMessage(2002, LogLevel.Warning, "call {CallSid} is taped to {Directory}, {Audio}: what is said in it stands there")]
    private partial void LogTaped(string callSid, string directory, string audio);
}
