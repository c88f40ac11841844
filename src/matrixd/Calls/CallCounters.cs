namespace Matrixd.Calls;

/// <summary>What the calls room counts, for the metrics page.</summary>
/// <remarks>Added to from any thread by <see cref="Interlocked"/>; read without one: each figure is whole, the set is not a snapshot.</remarks>
internal sealed class CallCounters
{
    private readonly long[] _ended = new long[Enum.GetValues<CallEndReason>().Length];
    private readonly long[] _modelEvents = new long[ModelEventKinds.All.Length];
    private readonly long[] _resumptions = new long[AbsenceCauses.All.Length];

    /// <summary>Calls now.</summary>
    public long Live;
    public long Started;
    public long CallerFrames;
    public long CallerFramesDropped;
    public long CallerGaps;
    public long UplinkDroppedBytes;
    public long ChunksSent;
    public long PlayoutUnderruns;
    public long PlayoutDroppedBytes;

    /// <summary>By how much callers heard audio later because their connection took none.</summary>
    public long PlayoutHeldMilliseconds;
    public long BargeIns;

    /// <summary>Barge-ins that our own ear decided, before the model or without it.</summary>
    public long LocalBargeIns;
    public long PlayoutPauses;
    public long PlayoutResumes;
    public long MarksSent;
    public long MarksEchoed;
    public long ToolCalls;
    public long RecordingBlocksDropped;
    public long RecordingFailures;

    /// <summary>How long calls were without their model.</summary>
    public GapHistogram Gaps { get; } = new();

    public long EndedFor(CallEndReason reason) => Volatile.Read(ref _ended[(int)reason]);

    public void CountEnd(CallEndReason reason) => Interlocked.Increment(ref _ended[(int)reason]);

    public long ModelEvents(ModelEventKind kind) => Volatile.Read(ref _modelEvents[(int)kind]);

    public void CountModelEvent(ModelEventKind kind) => Interlocked.Increment(ref _modelEvents[(int)kind]);

    /// <summary>Sessions gone on with on a new connection, by why the old one was left.</summary>
    public long Resumptions(AbsenceCause cause) => Volatile.Read(ref _resumptions[(int)cause]);

    public void CountResumption(AbsenceCause cause) => Interlocked.Increment(ref _resumptions[(int)cause]);

    /// <summary>Adds to one of the fields above.</summary>
    public static void Add(ref long counter, long value = 1) => Interlocked.Add(ref counter, value);
}
