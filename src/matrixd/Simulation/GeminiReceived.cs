using System.Text.Json;

namespace Matrixd.Simulation;

/// <summary>One message as it came from the client.</summary>
/// <param name="Kind">Its first key: <c>setup</c>, <c>realtime_input.audio</c>, <c>clientContent</c>, …</param>
/// <param name="At">Since the connection was opened.</param>
internal sealed record GeminiReceived(string Kind, string Text, TimeSpan At)
{
    public JsonElement Json
    {
        get
        {
            using JsonDocument document = JsonDocument.Parse(Text);
            return document.RootElement.Clone();
        }
    }
}
