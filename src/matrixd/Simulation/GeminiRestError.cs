using System.Globalization;
using System.Text;

namespace Matrixd.Simulation;

/// <summary>Error bodies of Google's REST front end.</summary>
internal static class GeminiRestError
{
    public const string BadApiKeyText = "API key not valid. Please pass a valid API key.";

    private static readonly CompositeFormat s_body = CompositeFormat.Parse(
        "{{\n  \"error\": {{\n    \"code\": {0},\n    \"message\": \"{1}\",\n    \"status\": \"{2}\"{3}\n  }}\n}}\n");

    private const string BadKeyDetails = """
        ,
            "details": [
              {
                "@type": "type.googleapis.com/google.rpc.ErrorInfo",
                "reason": "API_KEY_INVALID",
                "domain": "googleapis.com",
                "metadata": {
                  "service": "generativelanguage.googleapis.com"
                }
              }
            ]
        """;

    public static string Body(int status, string name, string message) => string.Format(
        CultureInfo.InvariantCulture, s_body, status, JsonText.Escape(message), name, message == BadApiKeyText ? BadKeyDetails : "");

    /// <summary>The canonical name that goes with a status, as far as the front end sends them.</summary>
    public static string NameOf(int status) => status switch
    {
        400 => "INVALID_ARGUMENT",
        401 => "UNAUTHENTICATED",
        403 => "PERMISSION_DENIED",
        404 => "NOT_FOUND",
        429 => "RESOURCE_EXHAUSTED",
        500 => "INTERNAL",
        503 => "UNAVAILABLE",
        504 => "DEADLINE_EXCEEDED",
        _ => "UNKNOWN",
    };
}
