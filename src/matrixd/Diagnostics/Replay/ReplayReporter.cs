using System.Security.Cryptography;
using Matrixd.Calls;

namespace Matrixd.Diagnostics;

/// <summary>Gathers what came out of a replay.</summary>
internal sealed class ReplayReporter(
    TapeContent tape, ReplayRequest request, ReplayHouse house, ReplayModel model, ReplayCallerAudio audio, ReplayFaults faults, IReadOnlyList<ReplayFrame> sent)
{
    public ReplayReport Make()
    {
        StreamEnding? ending = house.Store.Ending;
        ReplaySent ours = new(sent);
        ReplayComparison comparison = ReplayComparison.Of(tape, sent);
        return new ReplayReport
        {
            CallSid = tape.CallSid,
            EndReason = ending?.Reason.Word() ?? "",
            EndDetail = ending?.Detail ?? "the call was not begun",
            DurationMs = ending is null ? 0 : (long)(ending.At - tape.At).TotalMilliseconds,
            Model = ending?.Model ?? "",
            Connections = model.Connections,
            Faults = faults.Struck,
            Turns = [.. house.Store.Turns.Select(turn => new ReplayTurn(
                turn.Number, turn.Speaker == Speaker.Caller ? "caller" : "model", turn.Said, turn.Heard, turn.StartMs, turn.EndMs, turn.Interrupted, turn.ResponseMs < 0 ? null : turn.ResponseMs))],
            Tools = [.. house.Store.Tools.Select(tool => new ReplayTool(tool.Name, tool.Outcome, tool.StartMs, tool.DurationMs))],
            ModelEvents = [.. house.Store.ModelEvents.Select(e => new ReplayEvent(e.Kind.Word(), e.AtMs, e.Detail))],
            BargeIns = house.Counters.BargeIns,
            Heard = Sound(ours.Chunks),
            SentToModel = Sound(ours.ModelAudio),
            Marks = ours.Marks,
            Clears = ours.Clears,
            CallerMessages = tape.Entries.Count(entry => entry is { Leg: TapeLeg.Exotel, IsInbound: true, IsMessage: true }),
            ModelMessages = model.Messages,
            UplinkDroppedBytes = house.Counters.UplinkDroppedBytes,
            Notes = [.. Notes()],
            Differences = comparison.Told,
            DifferenceCount = comparison.Count,
        };
    }

    private static ReplaySound Sound(List<byte[]> pieces)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (byte[] piece in pieces)
        {
            hash.AppendData(piece);
        }

        return new ReplaySound(pieces.Count, pieces.Sum(piece => (long)piece.Length), Convert.ToHexStringLower(hash.GetHashAndReset()));
    }

    private IEnumerable<string> Notes()
    {
        if (!tape.HasAudio)
        {
            yield return "the tape has no audio: the model's is silence of the same length"
                + (request.Recording.Length > 0 ? $", the caller's comes from the recording ({audio.Elided} bytes)" : ", the caller's too: there is no recording");
        }

        if (tape.Missing)
        {
            yield return "messages are missing on the tape: the disk was behind, or the file was full";
        }

        if (tape.IsCut)
        {
            yield return "the tape ends in the middle of a line";
        }

        foreach (string name in house.Agent.Unanswered.Distinct())
        {
            yield return $"tool {name} was called and has no answer on the tape: the model was told of an error";
        }
    }
}
