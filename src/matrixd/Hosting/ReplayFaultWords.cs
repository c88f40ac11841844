using Matrixd.Diagnostics;
using Matrixd.Simulation;

namespace Matrixd.Hosting;

/// <summary>Faults of a replay in the words of the simulator's, and close codes by themselves: <c>1011@turn:2</c>.</summary>
internal static class ReplayFaultWords
{
    // What the service says with these codes most often.
    private static readonly Dictionary<int, string> s_texts = new()
    {
        [1007] = "Request contains an invalid argument.",
        [1008] = "Operation is not implemented, or supported, or enabled.",
        [1011] = "Internal error encountered.",
    };

    /// <exception cref="CommandUsageException">Not of that form, or a fault that only a simulator has.</exception>
    public static ReplayFault Parse(string text)
    {
        int at = text.IndexOf('@', StringComparison.Ordinal);
        bool isCode = at > 0 && int.TryParse(text.AsSpan(0, at), out _);
        FaultSpec fault = FaultSpec.Parse(isCode ? "close=" + text : text);
        ReplayFaultKind kind = fault.Kind switch
        {
            FaultKind.GoAway => ReplayFaultKind.GoAway,
            FaultKind.Close => ReplayFaultKind.Close,
            FaultKind.Drop => ReplayFaultKind.Drop,
            FaultKind.Stall => ReplayFaultKind.Stall,
            FaultKind.Silence => ReplayFaultKind.Silence,
            FaultKind.Garbage => ReplayFaultKind.Garbage,
            _ => throw new CommandUsageException($"--fault \"{text}\": a replay has goaway, close, drop, stall, silence and garbage"),
        };
        ReplayStage stage = fault.Stage switch
        {
            FaultStage.Setup => ReplayStage.Setup,
            FaultStage.Ready => ReplayStage.Ready,
            FaultStage.Audio => ReplayStage.Audio,
            FaultStage.Turn => ReplayStage.Turn,
            FaultStage.Tool => ReplayStage.Tool,
            _ => throw new CommandUsageException($"--fault \"{text}\": a replay has the stages setup, ready, audio, turn and tool"),
        };
        string reason = fault.Text.Length > 0 ? fault.Text : s_texts.GetValueOrDefault(fault.Code, "");
        return new ReplayFault(kind, stage, fault.Delay, (ushort)fault.Code, reason, fault.Notice, fault.Times == int.MaxValue ? 1 : fault.Times);
    }
}
