using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Matrixd.Agents;
using Matrixd.Calls;
using Matrixd.Gemini;
using Matrixd.Models;
using Microsoft.Extensions.Logging.Abstractions;

namespace Matrixd.Diagnostics.Doctor;

/// <summary>A real session for each way in which the agents open one: their model, voice, language and tools.</summary>
internal static class LiveChecks
{
    /// <summary>Agents that differ in more ways than this are a configuration made by a program; the first of them speak for it.</summary>
    public const int MaxTrials = 8;

    /// <summary>Each model in use, once.</summary>
    public static IEnumerable<string> Models(DoctorSubject subject) =>
        subject.Loaded is null ? [] : Setups(subject).Select(setup => SetupWriter.ModelName(setup.Setup, subject.Config.Gemini)).Distinct(StringComparer.Ordinal);

    /// <summary>The sessions to try: agents whose setups differ only in their prompts share one.</summary>
    public static IEnumerable<LiveTrial> Trials(DoctorSubject subject) => subject.Loaded is null ? [] : Setups(subject)
        .GroupBy(agent => Shape(agent.Setup, subject.Config.Gemini), StringComparer.Ordinal)
        .Take(MaxTrials)
        .Select(group => new LiveTrial(string.Join(", ", group.Select(agent => agent.Name)), group.First().Setup));

    public static Func<CancellationToken, Task<CheckResult>> Of(DoctorSubject subject, LiveTrial trial) => async cancelled =>
    {
        LiveProbeResult result = await new LiveProbe(subject.Config.Gemini, subject.Wheel, subject.RefusalTime).RunAsync(subject.Token!, trial.Setup, subject.ClockSkew, cancelled);
        string model = SetupWriter.ModelName(trial.Setup, subject.Config.Gemini);
        if (result.Failure is not { } cause)
        {
            return CheckResult.Fine(string.Create(CultureInfo.InvariantCulture, $"{model}: ready after {result.Ready!.Value.TotalMilliseconds:0} ms, a frame of audio was taken, closed again"));
        }

        return CheckResult.Broken($"{model}: {cause.Headline()}", cause.Causes[0].Fix) with
        {
            Details = [.. cause.Causes.Select((likely, i) => $"{i + 1}. {likely.What}: {likely.Fix}"), .. cause.RuledOut.Select(no => $"not: {no.Cause.What} ({no.Because})")],
        };
    };

    private static List<(string Name, ModelSetup Setup)> Setups(DoctorSubject subject)
    {
        using ToolHttp http = new(subject.Clock); // nothing is asked through it
        try
        {
            AgentDirectory directory = new(subject.Config.Agents, subject.Config.Tools, http, NullLogger<AgentDirectory>.Instance);
            return [.. subject.Config.Agents.Select(agent => (agent.Name, directory.Brief(Visit(agent.Name))!.Setup))];
        }
        catch (AgentOptionsException)
        {
            return [("(no agent)", new ModelSetup { Instruction = "" })]; // the configuration's own check has said what is wrong with them
        }
    }

    private static Session Visit(string agent) => new() { CallSid = CallSid.Parse("doctor"), Direction = CallDirection.Inbound, State = SessionState.Live, Agent = agent };

    private static string Shape(ModelSetup setup, GeminiOptions options)
    {
        ArrayBufferWriter<byte> message = new();
        try
        {
            SetupWriter.Write(message, setup with { Instruction = "" }, options, ModelQuirks.For(SetupWriter.ModelName(setup, options)));
        }
        catch (JsonException)
        {
            return $"unwritable {string.Join(' ', setup.Tools.Select(tool => tool.Name))}";
        }

        return Encoding.UTF8.GetString(message.WrittenSpan);
    }
}

/// <param name="Name">Of the agents it speaks for.</param>
internal sealed record LiveTrial(string Name, ModelSetup Setup);
