using System.Text.Json;

namespace Matrixd.Calls;

/// <summary>The two forms of a tool's answer to the model.</summary>
internal static class ToolResponses
{
    public static string Error(string text) => $"{{\"error\":\"{JsonEncodedText.Encode(text)}\"}}";
}
