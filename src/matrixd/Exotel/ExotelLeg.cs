using System.Buffers;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Matrixd.Calls;
using Matrixd.Memory;
using Matrixd.Timing;
using Matrixd.Transport;
using Microsoft.Extensions.Logging;

namespace Matrixd.Exotel;

/// <summary>The caller's end of a call: one Exotel media stream on one WebSocket.</summary>
/// <remarks>
/// Frames come on the link's receive loop, one at a time; what is sent is sent under the call's gate. From <c>start</c> on the leg belongs to one
/// call. Order: connected (optional), start, then media, dtmf, marks, then stop; what breaks it is closed with 1008.
/// Owns no buffer between frames.
/// </remarks>
internal sealed partial class ExotelLeg : IWebSocketSink, ICallerLeg, IHot
{
    // One bad payload is a hiccup; this many in a row are a peer that does not speak the protocol.
    private const int MaxBadPayloads = 50;

    // At 8 kHz 100 ms of the caller and 200 ms of ours fit, as text; what is longer takes memory from the pool.
    private const int MediaOnStack = 2560;
    private const int ChunkOnStack = 8192;

    private readonly WebSocketLink _link;
    private readonly ExotelOptions _options;
    private readonly CallHost _host;
    private readonly ExotelCounters _counters;
    private readonly ExotelAdmission _admission;
    private readonly TimerWheel _wheel;
    private readonly WheelTimer _startTimer;
    private readonly ILogger _logger;
    private RunningCall? _call;
    private CallSession? _session;
    private ExotelFrameWriter? _writer;
    private byte[] _streamSid = [];
    private int _badPayloads;
    private bool _isStopped;
    private bool _mediaFlowed;

    /// <param name="admission">How the socket was let in.</param>
    public ExotelLeg(
        WebSocketLink link, ExotelOptions options, CallHost host, ExotelAdmission admission, ExotelCounters counters, TimerWheel wheel, ILogger<ExotelLeg> logger)
    {
        _link = link;
        _options = options;
        _host = host;
        _counters = counters;
        _admission = admission;
        _wheel = wheel;
        _logger = logger;
        _startTimer = new WheelTimer(OnStartTimeout);
    }

    public int QueuedBytes => _link.QueuedBytes;

    /// <summary>Serves the stream until its socket and its call are gone.</summary>
    public async Task RunAsync()
    {
        _wheel.Set(_startTimer, _options.StartTimeout);
        await _link.RunAsync(this);
        if (_call is { } call)
        {
            await call.Ended;
        }
    }

    public void OnMessage(WebSocketOpcode opcode, ReadOnlySpan<byte> message)
    {
        try
        {
            ExotelFrame frame = ExotelFrameReader.Read(message);
            if (frame.Event == ExotelEvent.Media)
            {
                OnMedia(in frame);
            }
            else
            {
                OnControl(in frame, message);
            }
        }
        catch (JsonException e)
        {
            Interlocked.Increment(ref _counters.BadJson);
            Refuse(1007, $"not a frame of JSON: {ExotelText.Plain(e.Message)}");
        }
    }

    public void OnBatchEnd() => _session?.OnCallerBatchEnd();

    public void OnClosed(WebSocketClose close)
    {
        _wheel.Cancel(_startTimer);
        (CallEndReason reason, string detail) = close.Cause switch
        {
            WebSocketCloseCause.Peer => (CallEndReason.CallerHungUp, $"closed by the carrier with {close.Code}"),
            WebSocketCloseCause.Violation when close.Code == 1008 => (CallEndReason.RateLimited, close.Reason),
            WebSocketCloseCause.Violation => (CallEndReason.ProtocolError, close.Reason),
            WebSocketCloseCause.Lost => (CallEndReason.MediaLost, "the carrier's connection broke"),
            _ when close.Error is { } fault and not TimeoutException => (CallEndReason.InternalError, fault.GetType().Name),
            _ => (CallEndReason.MediaLost, close.Error?.Message ?? "the carrier did not answer our close"),
        };
        if (close.Cause == WebSocketCloseCause.Aborted && close.Error is { } error and not TimeoutException)
        {
            LogFault(_link.RemoteEndPoint, error);
        }

        _session?.Stop(reason, detail);
    }

    [SkipLocalsInit]
    public void SendChunk(ReadOnlySpan<byte> pcm)
    {
        int most = _writer!.MediaLength(pcm.Length);
        byte[]? rented = most > ChunkOnStack ? ArrayPool<byte>.Shared.Rent(most) : null;
        Span<byte> frame = rented is null ? stackalloc byte[ChunkOnStack] : rented;
        _link.Send(WebSocketOpcode.Text, frame[.._writer.WriteMedia(pcm, frame)]);
        if (rented is not null)
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }

    public void SendMark(long mark)
    {
        Span<byte> frame = stackalloc byte[192];
        _link.Send(WebSocketOpcode.Text, frame[.._writer!.WriteMark(mark, frame)]);
    }

    public void SendClear() => _link.Send(WebSocketOpcode.Text, _writer!.Clear);

    public void Flush() => _link.Flush();

    public void Close(CallEndReason reason) => _link.Close(ExotelCloseCodes.For(reason), reason.Word());

    [SkipLocalsInit]
    private void OnMedia(in ExotelFrame frame)
    {
        if (_session is null)
        {
            Refuse(1008, "media before start");
            return;
        }

        if (_isStopped)
        {
            return;
        }

        if (frame.IsOutbound)
        {
            Interlocked.Increment(ref _counters.OutboundTrackFrames);
            return;
        }

        if (!frame.StreamSid.IsEmpty && !frame.StreamSid.SequenceEqual(_streamSid))
        {
            Interlocked.Increment(ref _counters.ForeignStreamFrames);
            return;
        }

        if (!frame.HasPayload)
        {
            OnBadPayload();
            return;
        }

        byte[]? rented = frame.Payload.Length > MediaOnStack ? ArrayPool<byte>.Shared.Rent(frame.Payload.Length) : null;
        Span<byte> pcm = rented is null ? stackalloc byte[MediaOnStack] : rented;
        int bytes = JsonBase64.Decode(frame.Payload, frame.PayloadIsEscaped, pcm);
        if (bytes < 0)
        {
            OnBadPayload();
        }
        else
        {
            _badPayloads = 0;
            _session.OnCallerAudio(pcm[..bytes], frame.Sequence, frame.Timestamp);
            OnFirstMedia();
        }

        if (rented is not null)
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }

    private void OnFirstMedia()
    {
        if (!_mediaFlowed)
        {
            _mediaFlowed = true;
            _admission.OnMediaFlows();
        }
    }

    private void OnBadPayload()
    {
        Interlocked.Increment(ref _counters.BadPayloads);
        if (++_badPayloads >= MaxBadPayloads)
        {
            Refuse(1007, $"{MaxBadPayloads} media payloads in a row are not base64 of whole samples");
        }
    }

    private void OnControl(in ExotelFrame frame, ReadOnlySpan<byte> message)
    {
        switch (frame.Event)
        {
            case ExotelEvent.Start:
                OnStart(ExotelStartReader.Read(message.ToArray()));
                break;
            case ExotelEvent.Mark when _session is not null:
                _session.OnCallerMark(ExotelFrameWriter.ParseMark(frame.MarkName));
                break;
            case ExotelEvent.Dtmf:
                Interlocked.Increment(ref _counters.Dtmf); // what digits do for an agent comes with its tools; the carrier's flow handles menus
                break;
            case ExotelEvent.Stop when _session is not null && !_isStopped:
                _isStopped = true;
                _session.Stop(CallEndReason.CallerHungUp, ExotelText.Plain(ExotelStartReader.StopReason(message.ToArray())));
                break;
            case ExotelEvent.Unknown:
                Interlocked.Increment(ref _counters.UnknownEvents);
                break;
            default:
                break; // connected; a mark or stop before start
        }
    }

    private void OnStart(ExotelStart start)
    {
        _wheel.Cancel(_startTimer);
        if (_session is not null)
        {
            Refuse(1008, "a second start on one stream");
            return;
        }

        string refusal = ExotelStartCheck.Check(start, _options, _admission, out CallStart? opening);
        if (opening is not null)
        {
            _writer = new ExotelFrameWriter(start.StreamSid);
            _streamSid = System.Text.Encoding.UTF8.GetBytes(start.StreamSid);
            _call = _host.Begin(opening, this, out refusal);
            _session = _call?.Session;
        }

        if (_session is null)
        {
            Refuse(1008, refusal);
        }
    }

    private void OnStartTimeout()
    {
        if (_session is not null)
        {
            return; // it came at this very moment
        }

        Interlocked.Increment(ref _counters.StartTimeouts);
        Refuse(1008, $"no start within {_options.StartTimeout.TotalSeconds:0.#} s");
    }

    private void Refuse(ushort code, string why)
    {
        Interlocked.Increment(ref _counters.Refused);
        LogRefused(_link.RemoteEndPoint, code, ExotelText.Plain(why));
        _link.Close(code, why); // before the session's own close, which knows no more than its reason's code
        _session?.Stop(CallEndReason.ProtocolError, why);
    }

    // Event ids 1100-1199 are this room's. Retired: none.
    [LoggerMessage(1101, LogLevel.Warning, "Exotel socket from {RemoteEndPoint} closed with {Code}: {Why}")]
    private partial void LogRefused(string remoteEndPoint, ushort code, string why);

    [LoggerMessage(1102, LogLevel.Error, "Exotel socket from {RemoteEndPoint}: unforeseen fault, its call is ended")]
    private partial void LogFault(string remoteEndPoint, Exception e);

    public void AddTo(HotSet set) => set.Add(_session).Add(_streamSid);
}
