using Matrixd.Calls;

namespace Matrixd.Tests.Support;

/// <summary>Session rows in memory, as far as a call needs them. Adoption can be held back, or fail.</summary>
internal sealed class FakeSessionStore : ISessionStore
{
    private readonly Lock _gate = new();
    private readonly Dictionary<CallSid, Session> _rows = [];
    private readonly HashSet<StreamSid> _streams = [];
    private TaskCompletionSource? _held;

    public List<StreamOpening> Adopted { get; } = [];

    public List<StreamEnding> Ended { get; } = [];

    public Exception? AdoptFailure { get; set; }

    public Exception? EndFailure { get; set; }

    /// <summary>Adoptions wait until <see cref="Commit"/>.</summary>
    public void Hold() => _held = new TaskCompletionSource();

    public void Commit() => _held?.TrySetResult();

    public async Task<Adoption> AdoptAsync(StreamOpening opening)
    {
        if (_held is { } held)
        {
            await held.Task;
        }

        if (AdoptFailure is { } failure)
        {
            throw failure;
        }

        lock (_gate)
        {
            Adopted.Add(opening);
            if (!_streams.Add(opening.StreamSid))
            {
                return new Adoption(null, Created: false);
            }

            bool known = _rows.TryGetValue(opening.CallSid, out Session? row);
            row ??= new Session { CallSid = opening.CallSid, Direction = CallDirection.Inbound, State = SessionState.Live };
            row = row with
            {
                State = SessionState.Live,
                StreamSid = opening.StreamSid.Value,
                Agent = row.Agent.Length > 0 ? row.Agent : opening.DefaultAgent,
                From = row.From.Length > 0 ? row.From : opening.From,
                To = row.To.Length > 0 ? row.To : opening.To,
            };
            _rows[opening.CallSid] = row;
            return new Adoption(row, Created: !known);
        }
    }

    public Task<Session> CreateAsync(NewSession session)
    {
        Session row = new()
        {
            CallSid = session.CallSid, Direction = session.Direction, State = session.State, Agent = session.Agent, Objective = session.Objective,
            CampaignId = session.CampaignId, ContactId = session.ContactId, From = session.From, To = session.To, Variables = session.Variables, CreatedAt = session.At,
        };
        lock (_gate)
        {
            _rows[session.CallSid] = row;
        }

        return Task.FromResult(row);
    }

    public Task<bool> EndAsync(StreamEnding ending)
    {
        if (EndFailure is { } failure)
        {
            throw failure;
        }

        lock (_gate)
        {
            Ended.Add(ending);
        }

        return Task.FromResult(true);
    }

    public Task<Session?> FindAsync(CallSid callSid)
    {
        lock (_gate)
        {
            return Task.FromResult(_rows.GetValueOrDefault(callSid));
        }
    }

    public Task<IReadOnlyList<Session>> ListAsync(SessionFilter filter)
    {
        lock (_gate)
        {
            return Task.FromResult<IReadOnlyList<Session>>([.. _rows.Values.Where(row => filter.State is null || row.State == filter.State).Take(filter.Limit)]);
        }
    }
}

/// <summary>What a call wrote down.</summary>
internal sealed class FakeCallLog : ICallLog
{
    private readonly Lock _gate = new();
    private readonly List<TurnRecord> _turns = [];
    private readonly List<ToolCallRecord> _tools = [];
    private readonly List<ModelEventRecord> _events = [];
    private readonly List<string> _handles = [];

    public IReadOnlyList<TurnRecord> Turns
    {
        get
        {
            lock (_gate)
            {
                return [.. _turns];
            }
        }
    }

    public IReadOnlyList<ToolCallRecord> Tools
    {
        get
        {
            lock (_gate)
            {
                return [.. _tools];
            }
        }
    }

    public IReadOnlyList<ModelEventRecord> ModelEvents
    {
        get
        {
            lock (_gate)
            {
                return [.. _events];
            }
        }
    }

    /// <summary>In the order in which they were written.</summary>
    public IReadOnlyList<string> Handles
    {
        get
        {
            lock (_gate)
            {
                return [.. _handles];
            }
        }
    }

    public void Turn(TurnRecord turn)
    {
        lock (_gate)
        {
            _turns.Add(turn);
        }
    }

    public void ToolCall(ToolCallRecord call)
    {
        lock (_gate)
        {
            _tools.Add(call);
        }
    }

    public void ModelEvent(ModelEventRecord happened)
    {
        lock (_gate)
        {
            _events.Add(happened);
        }
    }

    public void ModelHandle(CallSid callSid, StreamSid streamSid, string handle)
    {
        lock (_gate)
        {
            _handles.Add(handle);
        }
    }

    public Task<IReadOnlyList<ModelEventRecord>> ModelEventsAsync(CallSid callSid) =>
        Task.FromResult<IReadOnlyList<ModelEventRecord>>([.. ModelEvents.Where(happened => happened.CallSid == callSid)]);

    public Task<IReadOnlyList<TurnRecord>> TurnsAsync(CallSid callSid) => Task.FromResult<IReadOnlyList<TurnRecord>>([.. Turns.Where(turn => turn.CallSid == callSid)]);

    public Task<IReadOnlyList<ToolCallRecord>> ToolCallsAsync(CallSid callSid) => Task.FromResult<IReadOnlyList<ToolCallRecord>>([.. Tools.Where(call => call.CallSid == callSid)]);
}
