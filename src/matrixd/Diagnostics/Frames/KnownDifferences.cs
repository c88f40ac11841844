namespace Matrixd.Diagnostics;

/// <summary>Where our frames to Gemini are meant to differ from the official SDK's, and why.</summary>
internal static class KnownDifferences
{
    private static readonly (string Side, string Kind, string Path, string Why)[] s_known =
    [
        ("to_gemini", "spelling", ".realtime_input", "camelCase realtime input is closed with 1008 at the first audio, on the method that takes tokens; snake_case is taken"),
        ("to_gemini", "spelling", ".realtime_input.audio.mime_type", "as realtime_input, which it is part of"),
        ("to_gemini", "spelling", ".realtime_input.audio_stream_end", "as realtime_input, which it is part of"),
        ("to_gemini", "value", ".setup.generationConfig.thinkingConfig.thinkingLevel", "another word of the service's own list: the level that answers soonest on the model"),
        ("to_gemini", "value", ".setup.realtimeInputConfig.automaticActivityDetection.startOfSpeechSensitivity", "the service's other word: HIGH takes line noise and echo for speech"),
        ("from_gemini", "value", ".serverContent.modelTurn.parts[].inlineData.mimeType", "the rate may be left out: it is 24 kHz then"),
        ("from_gemini", "value", ".usageMetadata.promptTokensDetails[].modality", "the capture had text alone; a call has audio"),
    ];

    /// <summary>The differences with what is known of them. What only the SDK has (only_in_b) is what we do not use.</summary>
    public static IReadOnlyList<FrameDifference> Explain(IEnumerable<FrameDifference> differences) =>
    [
        .. differences.Select(difference => difference.Kind == "only_in_b"
            ? difference with { Why = "the SDK can say it; matrixd does not" }
            : difference with { Why = s_known.FirstOrDefault(known => known.Side == difference.Side && known.Kind == difference.Kind && known.Path == difference.Path).Why }),
    ];
}
