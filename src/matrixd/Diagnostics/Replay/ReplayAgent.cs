using System.Text.Json;
using Matrixd.Calls;
using Matrixd.Timing;

namespace Matrixd.Diagnostics;

/// <summary>The agent of a replay: says to the model what it was told on the tape, and answers its tool calls as they were answered.</summary>
internal sealed class ReplayAgent(TapeContent tape, VirtualClock clock, string apology) : IAgentDirectory, IToolRunner
{
    private readonly List<string> _unknown = [];

    /// <summary>Tools that were called and that the tape has no answer for.</summary>
    public IReadOnlyList<string> Unanswered => _unknown;

    public string ForNumber(string to) => "replay";

    public AgentBriefing? Brief(Session session) => new()
    {
        Setup = Setup(),
        OpeningText = OpeningText(),
        ApologyPath = apology,
        Tools = this,
    };

    public async Task<ToolResult> RunAsync(ToolCall call, Session session, CancellationToken cancelled)
    {
        if (Answer(call) is not var (response, took))
        {
            _unknown.Add(call.Name);
            return new ToolResult("error", ToolResponses.Error("the tape has no answer of this tool"));
        }

        await Task.Delay(took, clock, cancelled);
        return new ToolResult(response.Contains("\"error\"", StringComparison.Ordinal) ? "error" : "ok", response);
    }

    private (string Response, TimeSpan Took)? Answer(ToolCall call)
    {
        foreach (TapeEntry entry in Sent("\"toolResponse\""))
        {
            using JsonDocument document = JsonDocument.Parse(entry.Json);
            foreach (JsonElement response in document.RootElement.GetProperty("toolResponse").GetProperty("functionResponses").EnumerateArray())
            {
                if (response.TryGetProperty("id", out JsonElement id) && id.GetString() == call.Id && response.TryGetProperty("response", out JsonElement body))
                {
                    TapeEntry? asked = tape.Entries.FirstOrDefault(e => e is { Leg: TapeLeg.Gemini, IsInbound: true } && e.Json.Contains("\"toolCall\"", StringComparison.Ordinal) && e.Json.Contains(call.Id, StringComparison.Ordinal));
                    return (body.GetRawText(), asked is not null && entry.At > asked.At ? entry.At - asked.At : TimeSpan.Zero);
                }
            }
        }

        return null;
    }

    private ModelSetup Setup()
    {
        if (Sent("\"setup\"").FirstOrDefault() is not { } entry)
        {
            return new ModelSetup { Instruction = "", Model = tape.Model };
        }

        using JsonDocument document = JsonDocument.Parse(entry.Json);
        JsonElement setup = document.RootElement.GetProperty("setup");
        return new ModelSetup
        {
            Instruction = At(setup, "systemInstruction", "parts") is { ValueKind: JsonValueKind.Array } parts && parts.GetArrayLength() > 0 ? Text(At(parts[0], "text")) : "",
            Voice = Text(At(setup, "generationConfig", "speechConfig", "voiceConfig", "prebuiltVoiceConfig", "voiceName")),
            Language = Text(At(setup, "generationConfig", "speechConfig", "languageCode")),
            Model = Text(At(setup, "model")) is { Length: > 0 } model ? model[(model.IndexOf('/', StringComparison.Ordinal) + 1)..] : tape.Model,
            Tools = [.. Tools(At(setup, "tools"))],
        };
    }

    private static IEnumerable<ToolDeclaration> Tools(JsonElement tools)
    {
        foreach (JsonElement tool in Items(tools).SelectMany(tool => Items(At(tool, "functionDeclarations"))))
        {
            JsonElement parameters = At(tool, "parametersJsonSchema");
            yield return new ToolDeclaration(Text(At(tool, "name")), Text(At(tool, "description")), parameters.ValueKind == JsonValueKind.Object ? parameters.GetRawText() : "");
        }
    }

    // What made the model speak first: the first text of the first connection.
    private string OpeningText()
    {
        if (Sent("\"clientContent\"").FirstOrDefault() is not { Connection: 1 } entry)
        {
            return "";
        }

        using JsonDocument document = JsonDocument.Parse(entry.Json);
        JsonElement turn = Items(At(document.RootElement, "clientContent", "turns")).FirstOrDefault();
        return Text(At(Items(At(turn, "parts")).FirstOrDefault(), "text"));
    }

    private IEnumerable<TapeEntry> Sent(string name) =>
        tape.Entries.Where(entry => entry is { Leg: TapeLeg.Gemini, IsInbound: false, IsMessage: true } && entry.Json.Contains(name, StringComparison.Ordinal));

    private static JsonElement[] Items(JsonElement value) => value.ValueKind == JsonValueKind.Array ? [.. value.EnumerateArray()] : [];

    private static JsonElement At(JsonElement value, params ReadOnlySpan<string> names)
    {
        foreach (string name in names)
        {
            if (value.ValueKind != JsonValueKind.Object || !value.TryGetProperty(name, out value))
            {
                return default;
            }
        }

        return value;
    }

    private static string Text(JsonElement value) => value.ValueKind == JsonValueKind.String ? value.GetString()! : "";
}
