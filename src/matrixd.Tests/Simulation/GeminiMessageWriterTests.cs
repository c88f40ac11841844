using System.Text;
using System.Text.Json;
using Matrixd.Simulation;
using Xunit;

namespace Matrixd.Tests.Simulation;

/// <summary>The simulated model says nothing in a form that the official SDK was not seen to take.</summary>
public sealed class GeminiMessageWriterTests
{
    // Field names that the SDK passes on, as captured; args and usage details hold what the caller puts there.
    private static readonly Lazy<HashSet<string>> s_known = new(() =>
    {
        HashSet<string> known = [];
        foreach (string line in File.ReadLines(Path.Combine(AppContext.BaseDirectory, "Testdata", "genai", "genai-server-frames.jsonl")))
        {
            using JsonDocument json = JsonDocument.Parse(line);
            if (json.RootElement.TryGetProperty("sent", out JsonElement sent))
            {
                Walk(sent, "", known);
            }
        }

        return known;
    });

    [Fact]
    public void Every_message_is_of_a_form_that_the_SDK_takes()
    {
        GeminiMessageWriter writer = new();
        string[] messages =
        [
            Text(writer.SetupComplete()), Text(writer.Audio([1, 2], "words", bareMime: false)), Text(writer.InputTranscription("in")), Text(writer.OutputTranscription("out")),
            Text(writer.GenerationComplete()), Text(writer.Interrupted()), Text(writer.TurnComplete(idle: false, 1, 2)), Text(writer.TurnComplete(idle: true, 1, 2)),
            Text(writer.ToolCall("id", "name", """{"q":"x"}""")), Text(writer.ToolCallCancellation("id")), Text(writer.GoAway(TimeSpan.FromSeconds(50))), Text(writer.Resumption("h")),
            Text(writer.Resumption(null)),
        ];
        HashSet<string> said = [];
        foreach (string message in messages)
        {
            using JsonDocument json = JsonDocument.Parse(message);
            Walk(json.RootElement, "", said);
        }

        Assert.Empty(said.Except(s_known.Value));
        Assert.Contains(".serverContent.modelTurn.parts.inlineData.data", said);
    }

    [Fact]
    public void Audio_and_words_stand_in_one_message_to_the_byte()
    {
        Assert.Equal(
            """
            {
              "serverContent": {
                "modelTurn": {
                  "parts": [
                    {
                      "inlineData": {
                        "mimeType": "audio/pcm",
                        "data": "AQD+/w=="
                      }
                    }
                  ]
                },
                "outputTranscription": {
                  "text": " नमस्ते \"x\""
                }
              }
            }
            """.ReplaceLineEndings("\n"),
            Text(new GeminiMessageWriter().Audio([1, -2], " नमस्ते \"x\"", bareMime: true)));
    }

    private static string Text(ReadOnlySpan<byte> message) => Encoding.UTF8.GetString(message);

    private static void Walk(JsonElement element, string at, HashSet<string> names)
    {
        if (element.ValueKind == JsonValueKind.Object)
        {
            foreach (JsonProperty property in element.EnumerateObject())
            {
                names.Add($"{at}.{property.Name}");
                Walk(property.Value, $"{at}.{property.Name}", names);
            }
        }
        else if (element.ValueKind == JsonValueKind.Array)
        {
            foreach (JsonElement item in element.EnumerateArray())
            {
                Walk(item, at, names);
            }
        }
    }
}
