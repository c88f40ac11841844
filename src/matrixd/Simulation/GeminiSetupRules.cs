using System.Text.Json;
using Matrixd.Models;

namespace Matrixd.Simulation;

/// <summary>What the API refuses in a setup message.</summary>
internal static class GeminiSetupRules
{
    /// <param name="message">The whole first message.</param>
    /// <param name="acceptSdk">Also what the official SDKs send: enumeration names in lower case.</param>
    public static GeminiRefusal? Judge(JsonElement message, bool acceptSdk)
    {
        if (message.ValueKind != JsonValueKind.Object || !message.TryGetProperty("setup", out JsonElement setup) || setup.ValueKind != JsonValueKind.Object)
        {
            return Unrecognised(message) ?? GeminiRefusal.InvalidArgument;
        }

        if (GeminiFields.Setup.FirstUnknown(message) is { } unknown)
        {
            return GeminiRefusal.UnknownName(unknown.Name, unknown.At);
        }

        // A null handle is taken for a handle and refused; absent is the way to say "none". Observed: production.
        JsonElement resumption = GeminiSetup.At(setup, "sessionResumption");
        if (resumption.ValueKind == JsonValueKind.Object && resumption.TryGetProperty("handle", out JsonElement handle) && handle.ValueKind != JsonValueKind.String)
        {
            return GeminiRefusal.InvalidArgument;
        }

        return JudgeModality(setup, acceptSdk) ?? JudgeModel(setup) ?? JudgeTools(setup);
    }

    // A first message that is no setup: a name nobody knows is told apart from one that comes too early.
    private static GeminiRefusal? Unrecognised(JsonElement message)
    {
        if (message.ValueKind != JsonValueKind.Object)
        {
            return null;
        }

        foreach (JsonProperty property in message.EnumerateObject())
        {
            if (property.Name is not ("setup" or "clientContent" or "realtimeInput" or "realtime_input" or "toolResponse"))
            {
                return GeminiRefusal.UnknownName(property.Name, "");
            }
        }

        return null;
    }

    // Every live model here answers in audio and in nothing else.
    private static GeminiRefusal? JudgeModality(JsonElement setup, bool acceptSdk)
    {
        JsonElement modalities = GeminiSetup.At(setup, "generationConfig", "responseModalities");
        if (modalities.ValueKind == JsonValueKind.Undefined)
        {
            return null;
        }

        if (modalities.ValueKind != JsonValueKind.Array)
        {
            return GeminiRefusal.InvalidArgument;
        }

        foreach (JsonElement modality in modalities.EnumerateArray())
        {
            string text = modality.ValueKind == JsonValueKind.String ? modality.GetString()! : modality.GetRawText();
            if (text is "TEXT" or "IMAGE" or "VIDEO")
            {
                return GeminiRefusal.InvalidArgument;
            }

            if (text != "AUDIO" && !(acceptSdk && text == "audio"))
            {
                return GeminiRefusal.InvalidValue("setup.generation_config.response_modalities[0]", text);
            }
        }

        return null;
    }

    private static GeminiRefusal? JudgeModel(JsonElement setup)
    {
        JsonElement model = GeminiSetup.At(setup, "model");
        if ((model.ValueKind == JsonValueKind.String ? ModelQuirks.InService(model.GetString()!) : null) is not { } quirks)
        {
            return null; // nobody knows the model: silence is its answer, whatever the setup says
        }

        JsonElement thinking = GeminiSetup.At(setup, "generationConfig", "thinkingConfig");
        JsonElement level = GeminiSetup.At(thinking, "thinkingLevel");
        bool levelSet = level.ValueKind != JsonValueKind.Undefined;
        bool levelGood = level.ValueKind == JsonValueKind.String && quirks.ThinkingLevels.Contains(level.GetString()!, StringComparer.OrdinalIgnoreCase);
        bool refused = quirks.Thinking == ThinkingField.None
            ? thinking.ValueKind != JsonValueKind.Undefined
            : (levelSet && !levelGood) || (quirks.ThinkingRequired && !levelGood);
        return refused || (quirks.Functions == FunctionBehaviour.NonBlockingOnly && AsksToBlock(setup)) ? GeminiRefusal.InvalidArgument : null;
    }

    private static bool AsksToBlock(JsonElement setup) =>
        GeminiSetup.At(setup, "tools") is { ValueKind: JsonValueKind.Array } tools
        && tools.EnumerateArray().Select(tool => GeminiSetup.At(tool, "functionDeclarations")).Where(list => list.ValueKind == JsonValueKind.Array)
            .SelectMany(list => list.EnumerateArray()).Any(function => GeminiSetup.At(function, "behavior") is { ValueKind: JsonValueKind.String } said && said.ValueEquals("BLOCKING"));

    // An empty `required` is refused wherever it stands in a schema. Observed: production.
    private static GeminiRefusal? JudgeTools(JsonElement setup) =>
        HasEmptyRequired(GeminiSetup.At(setup, "tools")) ? GeminiRefusal.InvalidArgument : null;

    private static bool HasEmptyRequired(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Array => element.EnumerateArray().Any(HasEmptyRequired),
        JsonValueKind.Object => element.EnumerateObject().Any(p =>
            (p.NameEquals("required") && p.Value.ValueKind == JsonValueKind.Array && p.Value.GetArrayLength() == 0) || HasEmptyRequired(p.Value)),
        _ => false,
    };
}
