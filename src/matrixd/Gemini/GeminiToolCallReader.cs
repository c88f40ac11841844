using System.Text.Json;
using Matrixd.Calls;

namespace Matrixd.Gemini;

/// <summary>Reads the rare messages about tools.</summary>
internal static class GeminiToolCallReader
{
    // A model that asks for more in one message is in a loop.
    private const int MaxCalls = 64;

    public static void ReadCalls(ref Utf8JsonReader reader, ref GeminiMessage message)
    {
        reader.Read();
        using JsonDocument document = JsonDocument.ParseValue(ref reader);
        JsonElement calls = Child(document.RootElement, "functionCalls", "function_calls");
        if (calls.ValueKind != JsonValueKind.Array)
        {
            return;
        }

        foreach (JsonElement call in calls.EnumerateArray())
        {
            if (call.ValueKind == JsonValueKind.Object && (message.ToolCalls?.Count ?? 0) < MaxCalls)
            {
                JsonElement arguments = Child(call, "args", "args");
                (message.ToolCalls ??= []).Add(new ToolCall(
                    Text(call, "id"), Text(call, "name"), arguments.ValueKind == JsonValueKind.Object ? arguments.GetRawText() : "{}"));
            }
        }
    }

    public static void ReadCancellation(ref Utf8JsonReader reader, ref GeminiMessage message)
    {
        reader.Read();
        using JsonDocument document = JsonDocument.ParseValue(ref reader);
        JsonElement ids = Child(document.RootElement, "ids", "ids");
        if (ids.ValueKind != JsonValueKind.Array)
        {
            return;
        }

        foreach (JsonElement id in ids.EnumerateArray())
        {
            if (id.ValueKind == JsonValueKind.String)
            {
                (message.CancelledToolCalls ??= []).Add(id.GetString()!);
            }
        }
    }

    private static JsonElement Child(JsonElement parent, string camel, string snake) =>
        parent.ValueKind == JsonValueKind.Object && (parent.TryGetProperty(camel, out JsonElement value) || parent.TryGetProperty(snake, out value)) ? value : default;

    private static string Text(JsonElement parent, string name)
    {
        JsonElement value = Child(parent, name, name);
        return value.ValueKind == JsonValueKind.String ? value.GetString()! : "";
    }
}
