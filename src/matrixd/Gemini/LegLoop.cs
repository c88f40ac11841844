using Matrixd.Calls;
using Microsoft.Extensions.Logging;

namespace Matrixd.Gemini;

/// <summary>One leg's connections, one after the other: dials, runs each to its end, asks <see cref="Recovery"/> what is next.</summary>
/// <remarks>
/// One task a leg, begun by <see cref="Start"/> and ended by <see cref="Stop"/> or by the leg's end; <see cref="Closed"/> tells. Before the first
/// setupComplete a refused token is replaced once, and any other end is the leg's. A connection is over, its socket gone, before the next is dialled:
/// a session whose old connection is open is not given to a new one.
/// </remarks>
#pragma warning disable CA1001 // a cancellation source without timer or wait handle holds nothing to dispose of
internal sealed partial class LegLoop
#pragma warning restore CA1001
{
    // From the dial to setupComplete, for every connection but the first, whose caller has a limit of its own.
    private static readonly TimeSpan s_attemptLimit = TimeSpan.FromSeconds(8);

    // What a connection that does not do its work gets to answer our close in, before it is cut.
    private static readonly TimeSpan s_brokenCloseWait = TimeSpan.FromMilliseconds(500);

    private readonly CallSid _callSid;
    private readonly GeminiLeg _leg;
    private readonly IModelSink _sink;
    private readonly GeminiEndpoint _endpoint;
    private readonly ILogger _logger;
    private readonly Recovery _recovery;
    private readonly CancellationTokenSource _closing = new();
    private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task _running = Task.CompletedTask;
    private ReconnectKind? _asked;
    private bool _preferFresh;
    private bool _isPaced; // the attempt is one that an outage could have caused
    private bool _wasReady;
    private volatile string _handle = "";

    public LegLoop(CallSid callSid, GeminiLeg leg, IModelSink sink, GeminiEndpoint endpoint, ILogger logger)
    {
        _callSid = callSid;
        _leg = leg;
        _sink = sink;
        _endpoint = endpoint;
        _logger = logger;
        _recovery = new Recovery(endpoint.Options.RecoveryBudget, endpoint.Random);
    }

    /// <summary>Completes when no socket is left. Never faults.</summary>
    public Task Closed => _closed.Task;

    public void Start() => _running = RunAsync();

    public void Stop()
    {
        _closing.Cancel();
        if (_running.IsCompleted)
        {
            _closed.TrySetResult();
        }
    }

    /// <summary>The call gives a connection up. Under the leg's gate.</summary>
    public void GiveUp(GeminiConnection up, ReconnectKind kind)
    {
        _asked = kind;
        up.Link!.Close(1000, "");
        if (kind != ReconnectKind.Rotate)
        {
            _endpoint.CutAfter(up.Link, s_brokenCloseWait);
        }
    }

    /// <summary>While the leg is away: how it is to come back. Under the leg's gate.</summary>
    public void Prefer(ReconnectKind kind)
    {
        _preferFresh |= _wasReady && kind == ReconnectKind.Fresh;
    }

    /// <summary>A setup is complete. Under the leg's gate.</summary>
    /// <returns>True: the leg's first.</returns>
    public bool OnReady()
    {
        bool isFirst = !_wasReady;
        _wasReady = true;
        _recovery.Ready(_endpoint.Now);
        _endpoint.Pacer.Report(succeeded: true, tooMany: false);
        return isFirst;
    }

    /// <summary>How the leg came back.</summary>
    public ModelReturn Return() => new(_recovery.IsFresh, _recovery.Attempts);

    private async Task RunAsync()
    {
        await Task.Yield(); // begun under the call's gate: a dial has files and names to look up
        ModelEnding? ending = null;
        Interlocked.Increment(ref _endpoint.Counters.Legs);
        try
        {
            ending = await RunToTheEndAsync();
        }
#pragma warning disable CA1031 // the root of the leg: an unforeseen fault ends this call's leg, told to the session, and the daemon lives
        catch (Exception e) when (!_leg.IsClosed)
#pragma warning restore CA1031
        {
            LogFault(_callSid, e);
            ending = new ModelEnding(CallEndReason.ModelLost, $"unforeseen: {e.GetType().Name}");
        }
        catch (Exception) when (_leg.IsClosed)
        {
            // a consequence of closing
        }

        Interlocked.Decrement(ref _endpoint.Counters.Legs);
        if (ending is { } why && !_leg.IsClosed)
        {
            _sink.OnModelClosed(why);
        }

        _closed.TrySetResult();
    }

    // Null: it was closed.
    private async Task<ModelEnding?> RunToTheEndAsync()
    {
        RecoveryStep step = new(RecoveryAction.Resume, TimeSpan.Zero);
        for (bool retried = false; !_leg.IsClosed;)
        {
            LegEnd end = await AttemptAsync(step);
            if (_leg.IsClosed)
            {
                break;
            }

            if (_wasReady)
            {
                step = Next(end);
                if (step.Action == RecoveryAction.GiveUp)
                {
                    return GaveUp(end);
                }
            }
            else if (retried || !end.TokenReplaced)
            {
                LogClosed(_callSid, end.Failure.Ending.Reason.Word(), end.Failure.Report);
                return end.Failure.Ending;
            }

            retried = true;
        }

        return null;
    }

    /// <summary>One wait, one token, one dial, one connection to its end.</summary>
    private async Task<LegEnd> AttemptAsync(RecoveryStep step)
    {
        bool isFirst = !_wasReady;
        if (step.Delay > TimeSpan.Zero)
        {
            await Task.Delay(step.Delay, _endpoint.Clock, _closing.Token);
        }

        if (_isPaced)
        {
            await _endpoint.Pacer.EnterAsync(_closing.Token);
        }

        if (step.Action == RecoveryAction.Fresh)
        {
            _handle = "";
            await _sink.OnFreshSessionAsync();
        }

        using CancellationTokenSource limit = isFirst ? new() : new(s_attemptLimit, _endpoint.Clock);
        using CancellationTokenSource late = CancellationTokenSource.CreateLinkedTokenSource(_closing.Token, limit.Token);
        GeminiSocket socket;
        try
        {
            socket = await _endpoint.DialAsync(_callSid, late.Token);
        }
        catch (OperationCanceledException) when (!_closing.IsCancellationRequested)
        {
            return Unreached(GeminiFailure.Of(CallEndReason.ModelUnreachable, $"no connection within {s_attemptLimit.TotalSeconds:0.#} s"), tokenReplaced: false);
        }

        return socket.Failure is { } failure
            ? Unreached(failure, !isFirst && failure.IsTokenRefused && _endpoint.ReplaceToken(socket, failure.Ending.Detail))
            : await RunAsync(socket, late.Token);
    }

    private LegEnd Unreached(GeminiFailure failure, bool tokenReplaced)
    {
        _endpoint.Pacer.Report(succeeded: false, tooMany: failure.Cause?.Quota == true);
        return new LegEnd(failure, LossKinds.Of(failure.Cause, wasReady: false, wasResumption: false, wasAnnounced: false), WasUp: false, tokenReplaced);
    }

    private async Task<LegEnd> RunAsync(GeminiSocket socket, CancellationToken late)
    {
        GeminiConnection connection = new(_sink, _endpoint.Counters, _leg.OnReady) { Link = socket.Link, Resumes = _handle, OnHandle = handle => _handle = handle };
        await using CancellationTokenRegistration cut = late.Register(() =>
        {
            if (!connection.IsReady && !_leg.IsClosed)
            {
                socket.Link!.Abort();
            }
        });
        Interlocked.Increment(ref _endpoint.Counters.OpenSockets);
        _leg.Take(connection);
        await socket.Link!.RunAsync(connection);
        Interlocked.Decrement(ref _endpoint.Counters.OpenSockets);
        bool wasUp = _leg.Leave(connection);
        if (_leg.IsClosed || _asked is not null)
        {
            return new LegEnd(GeminiFailure.Of(CallEndReason.ModelLost, "left by the call itself"), LossKind.Broken, wasUp, TokenReplaced: false);
        }

        GeminiFailure failure = _endpoint.Judge(socket, connection);
        if (!connection.IsReady)
        {
            _endpoint.Pacer.Report(succeeded: false, tooMany: failure.Cause!.Quota);
        }

        bool replaced = failure.IsTokenRefused && _endpoint.ReplaceToken(socket, connection.Close.Reason);
        LossKind kind = LossKinds.Of(failure.Cause, connection.IsReady, connection.Resumes.Length > 0, connection.GoAwayCame);
        return new LegEnd(failure, kind, wasUp, replaced);
    }

    private RecoveryStep Next(LegEnd end)
    {
        ReconnectKind? asked = _asked;
        bool wantsFresh = asked == ReconnectKind.Fresh || _preferFresh;
        _asked = null;
        _preferFresh = false;
        _isPaced = asked != ReconnectKind.Rotate;
        if (asked is not null && !end.WasUp)
        {
            return _recovery.Asked(_endpoint.Now, _handle.Length > 0 && !wantsFresh);
        }

        if (end.WasUp)
        {
            LogLost(_callSid, end.Failure.Report);
            _sink.OnModelAway(new ModelAbsence(AbsenceCause.Loss, end.Failure.Ending.Detail));
        }
        else
        {
            LogAttemptFailed(_callSid, _recovery.Attempts, end.Failure.Report);
            _sink.OnModelEvent(ModelEventKind.RetryFailed, end.Failure.Ending.Detail);
        }

        return _recovery.Lost(_endpoint.Now, end.Kind, _handle.Length > 0 && !wantsFresh, end.TokenReplaced);
    }

    private ModelEnding GaveUp(LegEnd end)
    {
        CallEndReason reason = end.Kind is LossKind.Permanent or LossKind.TokenRefused ? end.Failure.Ending.Reason : CallEndReason.ModelLost;
        LogGaveUp(_callSid, reason.Word(), _recovery.Attempts, _recovery.Elapsed(_endpoint.Now).TotalSeconds, end.Failure.Report);
        return new ModelEnding(reason, end.Failure.Ending.Detail);
    }
}
