using System.Globalization;
using Matrixd.Server;

namespace Matrixd.Hosting;

/// <summary>A Session row with its turns, for a terminal.</summary>
internal static class SessionText
{
    public static async Task WriteAsync(SessionView view, TextWriter output)
    {
        await output.WriteLineAsync($"call        {view.CallSid}  {view.Direction}, {view.State}, agent {view.Agent}");
        await output.WriteLineAsync($"from, to    {view.From} -> {view.To}");
        await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"time        {view.StartedAt:yyyy-MM-dd HH:mm:ss} UTC, {view.DurationSeconds:0.0} s"));
        await output.WriteLineAsync($"ended       {view.EndReason} {view.EndDetail}");
        await output.WriteLineAsync($"model       {view.Model}, {view.PromptTokens} tokens in, {view.ResponseTokens} out");
        await output.WriteLineAsync($"recording   {view.RecordingPath ?? "none"}");
        if (view.Objective.Length > 0)
        {
            await output.WriteLineAsync($"objective   {view.Objective}");
        }

        await WriteTurnsAsync(view, output);
    }

    /// <summary>The turns, one a line, with what the caller did not hear in brackets.</summary>
    public static async Task WriteTurnsAsync(SessionView view, TextWriter output)
    {
        foreach (TurnView turn in view.Turns ?? [])
        {
            string unheard = turn.Heard.Length < turn.Said.Length ? $" [not heard: {turn.Said[turn.Heard.Length..].Trim()}]" : "";
            string latency = turn.ResponseMs is { } ms ? $"  (answered after {ms} ms)" : "";
            await output.WriteLineAsync(string.Create(
                CultureInfo.InvariantCulture, $"{turn.StartMs / 1000.0,8:0.00} s  {turn.Speaker,-6}  {turn.Heard}{unheard}{(turn.Interrupted ? "  (interrupted)" : "")}{latency}"));
        }

        foreach (ToolCallView call in view.ToolCalls ?? [])
        {
            await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{call.StartMs / 1000.0,8:0.00} s  tool    {call.Name} {call.Arguments} -> {call.Outcome} ({call.DurationMs} ms)"));
        }

        foreach (ModelEventView happened in view.ModelEvents ?? [])
        {
            await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{happened.AtMs / 1000.0,8:0.00} s  model   {happened.Kind} {happened.Detail}").TrimEnd());
        }
    }
}
