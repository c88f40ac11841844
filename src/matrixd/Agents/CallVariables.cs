using System.Buffers;
using System.Text.Json;
using Matrixd.Calls;

namespace Matrixd.Agents;

/// <summary>The values that a call brings to its agent's texts.</summary>
internal static class CallVariables
{
    // The carrier's words: they are spoken of, so nothing but a number or a name may stand in them.
    private static readonly SearchValues<char> s_address =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+_-.@:*#");

    private static readonly JsonDocumentOptions s_reading = new() { MaxDepth = 4 };

    /// <summary>The session's own values, and <c>from</c>, <c>to</c>, <c>direction</c>, which none of them can replace.</summary>
    /// <param name="error">What is wrong with <see cref="Session.Variables"/>, which then count as empty; null: nothing.</param>
    public static Dictionary<string, string> Of(Session session, out string? error)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        error = session.Variables.Length > 0 ? AddVariables(session.Variables, values) : null;
        values["from"] = Address(session.From);
        values["to"] = Address(session.To);
        values["direction"] = session.Direction == CallDirection.Outbound ? "outbound" : "inbound";
        return values;
    }

    private static string? AddVariables(string json, Dictionary<string, string> values)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(json, s_reading);
            if (document.RootElement.ValueKind != JsonValueKind.Object)
            {
                return $"a JSON object of strings is expected, this is {document.RootElement.ValueKind}";
            }

            foreach (JsonProperty property in document.RootElement.EnumerateObject())
            {
                values[property.Name] = property.Value.ValueKind switch
                {
                    JsonValueKind.String => property.Value.GetString()!,
                    JsonValueKind.Null => "",
                    _ => property.Value.GetRawText(),
                };
            }

            return null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException) // the latter: half a surrogate pair
        {
            values.Clear();
            return "it is not JSON"; // without the text: it holds what is known of a customer
        }
    }

    private static string Address(string text) =>
        text.Length is > 0 and <= PhoneNumber.MaxLength && !text.AsSpan().ContainsAnyExcept(s_address) ? text : "unknown";
}
