using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Matrixd.Calls;
using Matrixd.Gemini;
using Xunit;

namespace Matrixd.Tests.Gemini;

// P8
/// <summary>Source of the replayed messages: what the official JavaScript SDK, @google/genai 2.32.0, takes from a server and passes on unchanged.</summary>
public sealed partial class GeminiMessageReaderTests
{
    private static readonly JsonSerializerOptions s_pretty = new() { WriteIndented = true };

    private static readonly Dictionary<string, string> s_expected = new()
    {
        ["setupComplete empty"] = "setup",
        ["setupComplete with sessionId"] = "setup",
        ["audio part"] = "audio 192@24000",
        ["two audio parts in one message"] = "audio 6@24000, audio 3@24000",
        ["text part"] = "",
        ["thought part"] = "",
        ["audio and outputTranscription together"] = "audio 6@24000, said ' Hello'",
        ["executableCode part"] = "",
        ["inputTranscription"] = "heard ' hi'",
        ["interimInputTranscription"] = "",
        ["generationComplete"] = "generated",
        ["turnComplete with usageMetadata"] = "turn, tokens 515+31",
        ["turnComplete with reason and interactionStatus"] = "turn, idle",
        ["interrupted"] = "interrupted",
        ["groundingMetadata"] = "",
        ["toolCall"] = """tool function-call-5831923424298605773 lookup {"q":"x"}""",
        ["toolCallCancellation"] = "cancel function-call-1",
        ["goAway"] = "away 50",
        ["sessionResumptionUpdate resumable"] = "handle h2",
        ["sessionResumptionUpdate not resumable"] = "no handle",
        ["sessionResumptionUpdate with index"] = "handle h3",
        ["usageMetadata alone"] = "tokens 0+0",
        ["voiceActivity (wire form type)"] = "",
        ["voiceActivity (sdk form voiceActivityType)"] = "",
        ["voiceActivityDetectionSignal"] = "",
        ["unknown top-level field"] = "",
        ["snake_case server_content"] = "turn",
        ["snake_case inside serverContent"] = "turn, audio 3@24000",
        ["empty object"] = "",
        ["error object"] = "error 'Internal'",
    };

    public static TheoryData<string> Names => [.. s_expected.Keys];

    private static Dictionary<string, JsonNode> Messages { get; } = File.ReadLines(Path.Combine(AppContext.BaseDirectory, "Testdata", "Gemini", "server-messages.jsonl"))
        .Select(line => JsonNode.Parse(line)!).ToDictionary(line => line["name"]!.GetValue<string>(), line => line["message"]!);

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_message_of_a_server_is_read_as_it_is_meant_compact_pretty_and_in_snake_case(string name)
    {
        string compact = Messages[name].ToJsonString();
        string snake = KeyPattern().Replace(compact, match => JsonNamingPolicy.SnakeCaseLower.ConvertName(match.Value));
        string[] expected = Sorted(s_expected[name]);

        Assert.Equal(expected, Sorted(Read(compact)));
        Assert.Equal(expected, Sorted(Read(Messages[name].ToJsonString(s_pretty))));
        Assert.Equal(expected, Sorted(Read(snake)));
    }

    [Fact]
    public void The_table_above_leaves_no_message_out() => Assert.Equal(Messages.Keys.Order(), s_expected.Keys.Order());

    [Fact]
    public void All_kinds_may_share_a_message()
    {
        JsonObject all = [];
        foreach (string name in (string[])["setupComplete empty", "audio and outputTranscription together", "toolCall", "toolCallCancellation", "goAway", "sessionResumptionUpdate resumable", "error object"])
        {
            foreach ((string key, JsonNode? value) in Messages[name].AsObject())
            {
                all[key] = value!.DeepClone();
            }
        }

        all["usageMetadata"] = JsonNode.Parse("""{"promptTokenCount":"7","responseTokenCount":3}"""); // int64 as text
        Assert.Equal(
            Sorted("""setup, audio 6@24000, said ' Hello', tool function-call-5831923424298605773 lookup {"q":"x"}, cancel function-call-1, away 50, handle h2, tokens 7+3, error 'Internal'"""),
            Sorted(Read(all.ToJsonString(s_pretty))));
    }

    [Fact]
    public void A_mebibyte_of_audio_is_one_part()
    {
        byte[] pcm = new byte[786_432];
        new Random(1).NextBytes(pcm);
        string json = $$$$$"""{"serverContent":{"modelTurn":{"parts":[{"inlineData":{"data":"{{{{{Convert.ToBase64String(pcm)}}}}}","mimeType":"audio/pcm"}}]}}}""";
        Assert.Equal("audio 786432@24000", Read(json));
    }

    [Fact]
    public void A_message_that_is_cut_off_anywhere_throws_a_JsonException()
    {
        foreach (JsonNode message in Messages.Values)
        {
            byte[] whole = Encoding.UTF8.GetBytes(message.ToJsonString());
            for (int length = 0; length < whole.Length; length++)
            {
                byte[] cut = whole[..length];
                Assert.ThrowsAny<JsonException>(() => GeminiMessageReader.Read(cut));
            }
        }
    }

    [Fact]
    public void Messages_that_were_bent_at_random_are_read_or_refused_and_never_more()
    {
        byte[][] good = [.. Messages.Values.Select(message => Encoding.UTF8.GetBytes(message.ToJsonString()))];
        Random random = new(3);
        for (int i = 0; i < 40_000; i++)
        {
            byte[] bent = (byte[])good[random.Next(good.Length)].Clone();
            for (int bends = random.Next(1, 4); bends > 0; bends--)
            {
                bent[random.Next(bent.Length)] = random.Next(3) == 0 ? "\"\\{}[]:,u0d8"u8[random.Next(12)] : (byte)random.Next(256);
            }

            try
            {
                _ = GeminiMessageReader.Read(bent);
            }
            catch (JsonException)
            {
                // what it is for
            }
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("hello")]
    [InlineData("{}{}")]
    [InlineData("{\"serverContent\":{\"outputTranscription\":{\"text\":\"\\ud800\"}}}")]
    [InlineData("{\"toolCall\":{\"functionCalls\":[{\"name\":\"\\ud800\"}]}}")]
    [InlineData("{\"\\udc00\":1}")]
    public void What_is_no_message_throws_a_JsonException(string json) => Assert.ThrowsAny<JsonException>(() => Read(json));

    [Theory]
    [InlineData("{\"setupComplete\":null}", "setup")]
    [InlineData("{\"serverContent\":null,\"toolCall\":null,\"toolCallCancellation\":[],\"usageMetadata\":1,\"sessionResumptionUpdate\":\"x\"}", "")]
    [InlineData("{\"serverContent\":{\"interrupted\":false,\"turnComplete\":\"true\",\"generationComplete\":[true]}}", "")]
    [InlineData("{\"serverContent\":{\"modelTurn\":{\"parts\":{}}}}", "")]
    [InlineData("{\"serverContent\":{\"modelTurn\":{\"parts\":[1,[],null,{\"inlineData\":null},{\"inlineData\":{\"data\":1}}]}}}", "")]
    [InlineData("{\"goAway\":{\"timeLeft\":\"NaNs\"}}", "away 0")]
    [InlineData("{\"goAway\":{\"timeLeft\":\"1e300s\"}}", "away 3600")]
    [InlineData("{\"goAway\":{\"timeLeft\":\"-5s\"}}", "away 0")]
    [InlineData("{\"goAway\":{\"timeLeft\":\"9.5s\"}}", "away 9.5")]
    [InlineData("{\"goAway\":null}", "away 0")]
    [InlineData("{\"toolCall\":{\"functionCalls\":[{},{\"id\":1,\"name\":2,\"args\":[]},7]}}", "tool   {}, tool   {}")]
    [InlineData("{\"toolCallCancellation\":{\"ids\":[1,\"a\",null]}}", "cancel a")]
    [InlineData("{\"sessionResumptionUpdate\":{\"newHandle\":\"h\",\"resumable\":false}}", "no handle")]
    [InlineData("{\"sessionResumptionUpdate\":{\"newHandle\":\"\",\"resumable\":true}}", "no handle")]
    [InlineData("{\"usageMetadata\":{\"promptTokenCount\":-5,\"responseTokenCount\":99999999999999999999}}", "tokens 0+0")]
    [InlineData("{\"error\":{\"message\":7}}", "error 'an error object'")]
    [InlineData("{\"error\":\"x\"}", "error 'an error object'")]
    public void Values_of_another_kind_are_passed_over(string json, string summary) => Assert.Equal(summary, Read(json));

    [Theory]
    [InlineData("audio/pcm;rate=24000", "audio 4@24000")]
    [InlineData("audio/pcm", "audio 4@24000")]
    [InlineData("audio/pcm;rate=16000", "audio 4@16000")]
    [InlineData("audio/pcm; rate=8000; channels=1", "audio 4@8000")]
    [InlineData("audio\\/pcm;rate\\u003d16000", "audio 4@16000")]
    [InlineData("audio/pcm;rate=44100", "left out 1")]
    [InlineData("audio/pcm;rate=fast", "left out 1")]
    [InlineData("audio/mpeg", "left out 1")]
    [InlineData("image/png", "left out 1")]
    public void The_rate_stands_in_the_MIME_type_wherever_it_stands(string mimeType, string summary)
    {
        Assert.Equal(summary, Read($$$$$"""{"serverContent":{"modelTurn":{"parts":[{"inlineData":{"mimeType":"{{{{{mimeType}}}}}","data":"AAAAAA=="}}]}}}"""));
        Assert.Equal(summary, Read($$$$$"""{"serverContent":{"modelTurn":{"parts":[{"inlineData":{"data":"AAAAAA==","mimeType":"{{{{{mimeType}}}}}"}}]}}}"""));
    }

    [Fact]
    public void More_parts_than_fit_are_counted()
    {
        string part = """{"inlineData":{"data":"AAAA"}}""";
        Assert.Contains("left out 8", Read($$$$$"""{"serverContent":{"modelTurn":{"parts":[{{{{{string.Join(',', Enumerable.Repeat(part, 40))}}}}}]}}}"""), StringComparison.Ordinal);
    }

    [Fact]
    public void A_transcript_in_two_pieces_is_one()
    {
        Assert.Equal("said 'ab'", Read("""{"serverContent":{"outputTranscription":{"text":"a"},"output_transcription":{"text":"b"}}}"""));
        string first = new('x', 3000);
        string second = new('y', 5000);
        string json = """{"serverContent":{"outputTranscription":{"text":"1"},"inputTranscription":{"text":"c"},"output_transcription":{"text":"2"}}}""";
        Assert.Equal($"heard 'c', said '{first}{second}'", Read(json.Replace("1", first, StringComparison.Ordinal).Replace("2", second, StringComparison.Ordinal)));
    }

    [Fact]
    public void Of_two_texts_in_one_piece_the_last_counts_and_what_is_no_text_is_none()
    {
        Assert.Equal("said 'ac'", Read("""{"serverContent":{"outputTranscription":{"text":"a"},"output_transcription":{"text":"bbb","finished":true,"text":"c"}}}"""));
        Assert.Equal("said 'a'", Read("""{"serverContent":{"outputTranscription":{"text":"a"},"output_transcription":{"text":"b","text":{"b":[1]}}}}"""));
        Assert.Equal("", Read("""{"serverContent":{"outputTranscription":{"text":""},"inputTranscription":{"text":null}}}"""));
        Assert.Equal("", Read("""{"serverContent":{"outputTranscription":"a","inputTranscription":{}}}"""));
    }

    [Fact]
    public void Escapes_and_any_script_come_out_of_a_transcript_as_they_were_said()
    {
        Assert.Equal(
            "heard 'आप का नाम?', said '\"10 < 12\"\nनमस्ते 😀'",
            Read("""{"serverContent":{"inputTranscription":{"text":"आप का नाम?"},"outputTranscription":{"text":"\"10 \u003c 12\"\n\u0928मस्ते \ud83d\ude00"}}}"""));
    }

    [Fact]
    public void Audio_is_written_byte_for_byte_in_snake_case_with_a_single_audio()
    {
        byte[] pcm = [0, 1, 2, 3, 254, 255];
        byte[] message = new byte[GeminiAudioWriter.Length(pcm.Length)];
        int length = GeminiAudioWriter.Write(pcm, message);
        Assert.Equal("""{"realtime_input":{"audio":{"mime_type":"audio/pcm;rate=16000","data":"AAECA/7/"}}}""", Encoding.UTF8.GetString(message.AsSpan(0, length)));
        Assert.Equal(message.Length, length);
    }

    private static string Read(string json)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(json);
        GeminiMessage message = GeminiMessageReader.Read(bytes);
        List<string> told = [];
        void Tell(bool given, string what) => told.AddRange(given ? [what] : []);
        Tell(message.SetupComplete, "setup");
        Tell(message.Interrupted, "interrupted");
        Tell(message.GenerationComplete, "generated");
        Tell(message.TurnComplete, "turn");
        Tell(message.InteractionIdle, "idle");
        for (int i = 0; i < message.AudioParts; i++)
        {
            AudioPart part = message.Audio[i];
            string base64 = JsonSerializer.Deserialize<string>($"\"{Encoding.UTF8.GetString(bytes, part.Start, part.Length)}\"")!;
            Tell(true, $"audio {Convert.FromBase64String(base64).Length}@{part.SampleRate}");
        }

        Tell(message.AudioPartsLeftOut > 0, $"left out {message.AudioPartsLeftOut}");
        Tell(message.InputTranscript.Length > 0, $"heard '{message.InputTranscript.Text}'");
        Tell(message.OutputTranscript.Length > 0, $"said '{message.OutputTranscript.Text}'");
        foreach (ToolCall call in message.ToolCalls ?? [])
        {
            Tell(true, $"tool {call.Id} {call.Name} {call.Arguments.Replace(" ", "", StringComparison.Ordinal).Replace("\n", "", StringComparison.Ordinal)}");
        }

        foreach (string id in message.CancelledToolCalls ?? [])
        {
            Tell(true, $"cancel {id}");
        }

        Tell(message.GoAway is not null, FormattableString.Invariant($"away {message.GoAway?.TotalSeconds}"));
        Tell(message.Handle is not null, $"handle {message.Handle}");
        Tell(message.NotResumable, "no handle");
        Tell(message.HasUsage, $"tokens {message.PromptTokens}+{message.ResponseTokens}");
        Tell(message.Error is not null, $"error '{message.Error}'");
        return string.Join(", ", told);
    }

    private static string[] Sorted(string summary) => [.. summary.Split(", ").Order(StringComparer.Ordinal)];

    [GeneratedRegex("(?<=\")[A-Za-z]+(?=\":)")]
    private static partial Regex KeyPattern();
}
