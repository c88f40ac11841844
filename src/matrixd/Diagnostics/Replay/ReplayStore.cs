using Matrixd.Calls;

namespace Matrixd.Diagnostics;

/// <summary>What a replayed call writes down, kept in memory.</summary>
internal sealed class ReplayStore : ISessionStore, ICallLog
{
    private readonly SortedDictionary<int, TurnRecord> _turns = [];
    private readonly List<ToolCallRecord> _tools = [];
    private readonly List<ModelEventRecord> _events = [];

    public IReadOnlyCollection<TurnRecord> Turns => _turns.Values;

    public IReadOnlyList<ToolCallRecord> Tools => _tools;

    public IReadOnlyList<ModelEventRecord> ModelEvents => _events;

    public StreamEnding? Ending { get; private set; }

    public Task<Adoption> AdoptAsync(StreamOpening opening) => Task.FromResult(new Adoption(
        new Session
        {
            CallSid = opening.CallSid,
            Direction = CallDirection.Inbound,
            State = SessionState.Live,
            Agent = "replay",
            From = opening.From,
            To = opening.To,
            StreamSid = opening.StreamSid.Value,
            CreatedAt = opening.At,
            StartedAt = opening.At,
        },
        Created: true));

    public Task<Session> CreateAsync(NewSession session) => throw new NotSupportedException("a replay places no calls");

    public Task<bool> EndAsync(StreamEnding ending)
    {
        Ending = ending;
        return Task.FromResult(true);
    }

    public Task<Session?> FindAsync(CallSid callSid) => Task.FromResult<Session?>(null);

    public Task<IReadOnlyList<Session>> ListAsync(SessionFilter filter) => Task.FromResult<IReadOnlyList<Session>>([]);

    public void Turn(TurnRecord turn) => _turns[turn.Number] = turn;

    public void ToolCall(ToolCallRecord call) => _tools.Add(call);

    public void ModelEvent(ModelEventRecord happened) => _events.Add(happened);

    public void ModelHandle(CallSid callSid, StreamSid streamSid, string handle)
    {
        // the ending tells the last one
    }

    public Task<IReadOnlyList<TurnRecord>> TurnsAsync(CallSid callSid) => Task.FromResult<IReadOnlyList<TurnRecord>>([.. _turns.Values]);

    public Task<IReadOnlyList<ToolCallRecord>> ToolCallsAsync(CallSid callSid) => Task.FromResult<IReadOnlyList<ToolCallRecord>>(_tools);

    public Task<IReadOnlyList<ModelEventRecord>> ModelEventsAsync(CallSid callSid) => Task.FromResult<IReadOnlyList<ModelEventRecord>>(_events);
}
