using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Matrixd.Calls;

namespace Matrixd.Agents;

/// <summary>Makes outcomes into what the model reads.</summary>
internal static class ToolAnswer
{
    private static readonly JsonWriterOptions s_writing = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary><c>{"output":…}</c> with a JSON value.</summary>
    /// <exception cref="InvalidOperationException">A string of the value is not Unicode.</exception>
    public static ToolResult Ok(JsonElement output) => new("ok", Write(json =>
    {
        json.WritePropertyName("output"u8);
        output.WriteTo(json);
    }));

    /// <summary><c>{"output":"…"}</c>.</summary>
    public static ToolResult Ok(string output) => new("ok", Write(json => json.WriteString("output"u8, output)));

    /// <summary><c>{"error":"…"}</c>.</summary>
    public static ToolResult Failed(string outcome, string error) => new(outcome, Write(json => json.WriteString("error"u8, error)));

    private static string Write(Action<Utf8JsonWriter> content)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using var json = new Utf8JsonWriter(buffer, s_writing);
        json.WriteStartObject();
        content(json);
        json.WriteEndObject();
        json.Flush();
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }
}
