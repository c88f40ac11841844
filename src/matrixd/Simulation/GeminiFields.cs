namespace Matrixd.Simulation;

/// <summary>The field names of the Live API's client messages and of the token request.</summary>
/// <remarks>Observed: what the official JavaScript SDK (@google/genai 2.32.0, 3.1.0) puts on the wire, and production.</remarks>
internal static class GeminiFields
{
    private const string Content = """
        role
        parts
          text thought
          inlineData
            data mimeType
        """;

    private const string SetupOutline = """
        model
        generationConfig
          responseModalities temperature topP topK maxOutputTokens candidateCount presencePenalty frequencyPenalty seed mediaResolution enableAffectiveDialog
          speechConfig
            languageCode
            voiceConfig
              prebuiltVoiceConfig
                voiceName
          thinkingConfig
            thinkingBudget thinkingLevel includeThoughts
          translationConfig
            targetLanguageCode echoTargetLanguage
        systemInstruction
          role
          parts
            text
        tools
          functionDeclarations
            name description parameters parametersJsonSchema response responseJsonSchema behavior
          googleSearch
          codeExecution
          urlContext
        realtimeInputConfig
          automaticActivityDetection
            disabled startOfSpeechSensitivity endOfSpeechSensitivity prefixPaddingMs silenceDurationMs
          activityHandling turnCoverage
        sessionResumption
          handle transparent
        contextWindowCompression
          triggerTokens
          slidingWindow
            targetTokens
        inputAudioTranscription
          languageCodes customVocabulary
        outputAudioTranscription
          languageCodes customVocabulary
        proactivity
          proactiveAudio
        avatarConfig
          avatarName
        safetySettings
          category threshold
        historyConfig
          initialHistoryInClientContent
        """;

    public static GeminiField Setup { get; } = GeminiField.Parse("setup\n" + Indent(SetupOutline, 1));

    public static GeminiField ClientContent { get; } = GeminiField.Parse("clientContent\n  turnComplete\n  turns\n" + Indent(Content, 2));

    public static GeminiField ToolResponse { get; } = GeminiField.Parse("toolResponse\n  functionResponses\n    id name response scheduling willContinue");

    /// <summary>The snake_case form, the one that production runs on.</summary>
    public static GeminiField RealtimeInput { get; } = GeminiField.Parse("""
        realtime_input
          audio
            data mime_type
          video
            data mime_type
          text audio_stream_end activity_start activity_end
        """);

    /// <summary>The form that the official SDKs send.</summary>
    public static GeminiField SdkRealtimeInput { get; } = GeminiField.Parse("""
        realtimeInput
          audio
            data mimeType
          mediaChunks
            data mimeType
          video
            data mimeType
          text audioStreamEnd activityStart activityEnd
        """);

    public static GeminiField TokenRequest { get; } = GeminiField.Parse("uses expireTime newSessionExpireTime fieldMask\nbidiGenerateContentSetup\n" + Indent(SetupOutline, 1));

    private static string Indent(string outline, int levels)
    {
        string pad = new(' ', levels * 2);
        return string.Join('\n', outline.Split('\n').Select(line => pad + line));
    }
}
