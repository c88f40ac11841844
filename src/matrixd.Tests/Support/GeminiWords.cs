namespace Matrixd.Tests.Support;

/// <summary>Messages of the model as text, for what a simulator that keeps the rules does not say.</summary>
internal static class GeminiWords
{
    /// <param name="pcm">24 kHz.</param>
    /// <param name="beside">Members of serverContent before the turn, each with its comma.</param>
    public static string Audio(ReadOnlySpan<short> pcm, string beside = "", string mime = "audio/pcm;rate=24000") => 
        $"{{\"serverContent\":{{{beside}\"modelTurn\":{{\"parts\":[{{\"inlineData\":{{\"mimeType\":\"{mime}\",\"data\":\"{EndToEndFrames.Base64(pcm)}\"}}}}]}}}}}}";

    public const string GenerationComplete = """{"serverContent":{"generationComplete":true}}""";

    public const string TurnComplete = """{"serverContent":{"turnComplete":true}}""";

    public static string Tool(string id, string name, string args) =>
        $$$"""{"toolCall":{"functionCalls":[{"id":"{{{id}}}","name":"{{{name}}}","args":{{{args}}}}]}}""";
}
