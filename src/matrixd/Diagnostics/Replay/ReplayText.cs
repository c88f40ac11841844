using System.Globalization;

namespace Matrixd.Diagnostics;

/// <summary>A replay's report for people.</summary>
internal static class ReplayText
{
    public static async Task WriteAsync(ReplayReport report, TextWriter to)
    {
        await Line(to, $"call          {report.CallSid}");
        await Line(to, $"end           {report.EndReason}{(report.EndDetail.Length > 0 ? $": {report.EndDetail}" : "")} after {report.DurationMs / 1000.0:0.000} s");
        await Line(to, $"model         {report.Model}, {report.Connections} connection{(report.Connections == 1 ? "" : "s")}, {report.ModelMessages} messages");
        await Line(to, $"heard         {report.Heard.Messages} chunks, {report.Heard.Bytes} bytes, sha256 {report.Heard.Sha256[..16]}");
        await Line(to, $"to the model  {report.SentToModel.Messages} messages of audio, {report.SentToModel.Bytes} bytes, {report.UplinkDroppedBytes} dropped");
        await Line(to, $"barge-ins     {report.BargeIns}, {report.Clears} clears, {report.Marks} marks");
        foreach (string fault in report.Faults)
        {
            await Line(to, $"fault         {fault}");
        }

        foreach (ReplayEvent happened in report.ModelEvents)
        {
            await Line(to, $"connection    {happened.AtMs / 1000.0,8:0.000} s  {happened.Kind}  {happened.Detail}");
        }

        foreach (ReplayTurn turn in report.Turns)
        {
            await Line(to, $"turn {turn.Number,-3}      {turn.StartMs / 1000.0,8:0.000} s  {turn.Speaker,-6}  {turn.Said}{(turn.Interrupted ? $"  [heard: {turn.Heard}]" : "")}");
        }

        foreach (ReplayTool tool in report.Tools)
        {
            await Line(to, $"tool          {tool.StartMs / 1000.0,8:0.000} s  {tool.Name}  {tool.Outcome} after {tool.DurationMs} ms");
        }

        foreach (string note in report.Notes)
        {
            await Line(to, $"note          {note}");
        }

        foreach (string difference in report.Differences)
        {
            await Line(to, $"differs       {difference}");
        }

        if (report.DifferenceCount > report.Differences.Count)
        {
            await Line(to, $"differs       and {report.DifferenceCount - report.Differences.Count} more");
        }

        if (report.DifferenceCount == 0)
        {
            await to.WriteLineAsync("the replay sent what the call sent");
        }
    }

    private static Task Line(TextWriter to, FormattableString line) => to.WriteLineAsync(line.ToString(CultureInfo.InvariantCulture));
}
