using Matrixd.Gemini;

namespace Matrixd.Diagnostics;

/// <summary>The faults of a replay: which are due, and what they leave behind on the connection that lives.</summary>
internal sealed class ReplayFaults(IEnumerable<ReplayFault> faults)
{
    private const string Deadline = "Deadline expired before operation could complete.";

    private readonly List<(ReplayFault Fault, int Left)> _waiting = [.. faults.Select(fault => (fault, fault.Times))];
    private readonly List<(TimeSpan Due, ReplayFault Fault)> _due = [];
    private readonly List<string> _struck = [];

    /// <summary>The connection says nothing any more.</summary>
    public bool IsStalled { get; private set; }

    /// <summary>Audio is zeros.</summary>
    public bool IsMute { get; private set; }

    /// <summary>What has struck, in order.</summary>
    public IReadOnlyList<string> Struck => _struck;

    /// <summary>When the next one strikes.</summary>
    public TimeSpan NextDue => _due.Count == 0 ? TimeSpan.MaxValue : _due.Min(due => due.Due);

    /// <summary>The call has got to a stage on its connection.</summary>
    public void Reach(ReplayStage stage, TimeSpan now)
    {
        for (int i = 0; i < _waiting.Count; i++)
        {
            (ReplayFault fault, int left) = _waiting[i];
            if (fault.Stage == stage && left > 0 && !_due.Any(due => due.Fault == fault))
            {
                _waiting[i] = (fault, left - 1);
                _due.Add((now + fault.Delay, fault));
            }
        }
    }

    /// <summary>The fault that is due.</summary>
    public ReplayFault Take()
    {
        (TimeSpan at, ReplayFault fault) = _due.MinBy(due => due.Due);
        _due.Remove((at, fault));
        _struck.Add(FormattableString.Invariant($"{Word(fault)} at {at.TotalSeconds:0.000} s"));
        IsStalled |= fault.Kind == ReplayFaultKind.Stall;
        IsMute |= fault.Kind == ReplayFaultKind.Silence;
        if (fault.Kind == ReplayFaultKind.GoAway)
        {
            _due.Add((at + fault.Notice, new ReplayFault(ReplayFaultKind.Close, fault.Stage, default, 1011, Deadline)));
        }

        return fault;
    }

    /// <summary>A new connection: healthy.</summary>
    public void OnConnected()
    {
        IsStalled = false;
        IsMute = false;
    }

    /// <summary>The connection is gone, and what was to befall it with it.</summary>
    public void OnDisconnected() => _due.Clear();

    private static string Word(ReplayFault fault) => fault.Kind switch
    {
        ReplayFaultKind.Close => $"close {fault.Code} {PlainText.Clean(fault.Text)}".TrimEnd(),
        _ => fault.Kind.ToString().ToLowerInvariant(),
    };
}
