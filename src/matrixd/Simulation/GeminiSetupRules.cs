using System.Text.Json;

namespace Matrixd.Simulation;

/// <summary>What the API refuses in a setup message.</summary>
internal static class GeminiSetupRules
{
    private static readonly string[] s_thinkingLevels = ["LOW", "MEDIUM", "HIGH"];

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

        return JudgeModality(setup, acceptSdk) ?? JudgeThinking(setup) ?? JudgeTools(setup);
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

    private static GeminiRefusal? JudgeThinking(JsonElement setup)
    {
        JsonElement model = GeminiSetup.At(setup, "model");
        GeminiModelQuirks? quirks = model.ValueKind == JsonValueKind.String ? GeminiModelQuirks.Find(model.GetString()!) : null;
        JsonElement thinking = GeminiSetup.At(setup, "generationConfig", "thinkingConfig");
        if (quirks is { RefusesThinking: true } && thinking.ValueKind != JsonValueKind.Undefined)
        {
            return GeminiRefusal.InvalidArgument;
        }

        JsonElement level = GeminiSetup.At(thinking, "thinkingLevel");
        bool levelGood = level.ValueKind == JsonValueKind.String && s_thinkingLevels.Contains(level.GetString()!.ToUpperInvariant());
        return quirks is { NeedsThinkingLevel: true } && !levelGood ? GeminiRefusal.InvalidArgument : null;
    }

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
