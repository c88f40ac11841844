using System.Text;
using Matrixd.Calls;
using Matrixd.Gemini;
using Matrixd.Models;
using Matrixd.Transport;
using Xunit;

namespace Matrixd.Tests.Gemini;

// U19
public sealed class GeminiConnectionTests
{
    private const string Audio = """{"inlineData":{"mimeType":"audio/pcm;rate=24000","data":"AAAAAA=="}}""";

    private readonly Sink _sink = new();
    private readonly GeminiCounters _counters = new();
    private readonly GeminiConnection _connection;

    public GeminiConnectionTests()
    {
        _connection = new GeminiConnection(_sink, _counters, _ => _sink.Told.Add("ready")) { Quirks = ModelQuirks.For("gemini-3.1-flash-live-preview") };
    }

    [Fact]
    public void A_turn_is_told_in_order()
    {
        Say("""{"setupComplete":{}}""");
        Say($$$$$"""{"serverContent":{"modelTurn":{"parts":[{{{{{Audio}}}}},{{{{{Audio}}}}}]},"outputTranscription":{"text":"hi"}}}""");
        Say("""{"serverContent":{"generationComplete":true}}""");
        Say("""{"serverContent":{"turnComplete":true},"usageMetadata":{"promptTokenCount":5,"responseTokenCount":7}}""");
        Assert.Equal(["ready", "audio 4@24000", "audio 4@24000", "said hi", "generated", "turn", "tokens 5+7"], _sink.Told);
        Assert.Equal((5, 7), (_counters.PromptTokens, _counters.ResponseTokens));
    }

    // Up to some length it lies on the stack, beyond it in memory of the pool.
    [Theory]
    [InlineData(2)]
    [InlineData(4584)]
    [InlineData(6142)]
    [InlineData(6144)]
    [InlineData(6146)]
    [InlineData(60_000)]
    public void Audio_of_any_length_is_told_whole(int bytes)
    {
        byte[] pcm = new byte[bytes];
        new Random(bytes).NextBytes(pcm);
        string plain = Audio.Replace("AAAAAA==", Convert.ToBase64String(pcm), StringComparison.Ordinal);
        string escaped = Audio.Replace("AAAAAA==", Convert.ToBase64String(pcm).Replace("/", "\\/", StringComparison.Ordinal), StringComparison.Ordinal);
        Say($$$$$"""{"serverContent":{"modelTurn":{"parts":[{{{{{plain}}}}},{{{{{escaped}}}}}]}}}""");
        Assert.Equal([.. pcm, .. pcm], _sink.Heard.ToArray());
    }

    [Fact]
    public void Audio_beside_an_interruption_is_void_wherever_it_stands()
    {
        Say($$$$$"""{"serverContent":{"modelTurn":{"parts":[{{{{{Audio}}}}}]},"interrupted":true}}""");
        Say($$$$$"""{"serverContent":{"interrupted":true,"modelTurn":{"parts":[{{{{{Audio}}}}}]}}}""");
        Assert.Equal(["interrupted", "interrupted"], _sink.Told);
    }

    [Fact]
    public void A_setup_is_complete_once_and_only_after_it_was_sent()
    {
        _connection.Quirks = null;
        Say("""{"setupComplete":{}}""");
        Assert.Empty(_sink.Told);
        Assert.False(_connection.TakesAudio);
        _connection.Quirks = ModelQuirks.For("gemini-3.1-flash-live-preview");
        Say("""{"setupComplete":{}}""");
        Say("""{"setupComplete":{}}""");
        Assert.Equal(["ready"], _sink.Told);
        Assert.True(_connection.TakesAudio);
    }

    [Fact]
    public void No_audio_is_taken_while_a_blocking_tool_call_waits()
    {
        Say("""{"setupComplete":{}}""");
        Say("""{"toolCall":{"functionCalls":[{"id":"1","name":"a"},{"id":"2","name":"b"},{"id":"2","name":"again"}]}}""");
        Assert.False(_connection.TakesAudio);
        _connection.OnToolAnswered("2"); // the second of that id was refused
        _connection.OnToolAnswered("1");
        Assert.False(_connection.TakesAudio);
        _connection.OnToolAnswered("unknown");
        _connection.OnToolAnswered("2");
        Assert.True(_connection.TakesAudio);
    }

    [Fact]
    public void A_tool_call_that_is_taken_back_blocks_no_longer()
    {
        Say("""{"setupComplete":{}}""");
        Say("""{"toolCall":{"functionCalls":[{"id":"1","name":"a"}]}}""");
        Say("""{"toolCallCancellation":{"ids":["1"]}}""");
        Assert.True(_connection.TakesAudio);
        Assert.Equal(["ready", "tool 1 a {}", "cancel 1"], _sink.Told);
    }

    [Fact]
    public void A_model_that_goes_on_during_its_tools_takes_audio()
    {
        _connection.Quirks = ModelQuirks.For("gemini-3.8-live");
        Say("""{"setupComplete":{}}""");
        Say("""{"toolCall":{"functionCalls":[{"id":"1","name":"a"}]}}""");
        Assert.True(_connection.TakesAudio);
    }

    [Fact]
    public void A_turn_of_some_models_is_over_when_they_are_idle()
    {
        _connection.Quirks = ModelQuirks.For("gemini-3.8-live-extended-thinking");
        Say("""{"serverContent":{"turnComplete":true}}""");
        Assert.Empty(_sink.Told);
        Say("""{"serverContent":{"turnComplete":true,"interactionStatus":"IDLE"}}""");
        Assert.Equal(["turn"], _sink.Told);
    }

    [Theory]
    [InlineData("""{"serverContent":{"turnComplete":true,"turnCompleteReason":"RESPONSE_REJECTED"}}""", "turn Rejected")]
    [InlineData("""{"server_content":{"turn_complete":true,"turn_complete_reason":"MALFORMED_FUNCTION_CALL"}}""", "turn Rejected")]
    [InlineData("""{"serverContent":{"turnCompleteReason":"RESPONSE_REJECTED","waitingForInput":true,"turnComplete":true}}""", "turn Rejected")]
    [InlineData("""{"serverContent":{"turnComplete":true,"turnCompleteReason":"NEED_MORE_INPUT","waitingForInput":true}}""", "turn WaitsForInput")]
    [InlineData("""{"serverContent":{"turnComplete":true,"waitingForInput":true}}""", "turn WaitsForInput")]
    [InlineData("""{"serverContent":{"turnComplete":true,"waitingForInput":false}}""", "turn")]
    [InlineData("""{"serverContent":{"turnComplete":true,"turnCompleteReason":"SOMETHING_NEW"}}""", "turn")]
    [InlineData("""{"serverContent":{"turnComplete":true,"turnCompleteReason":7}}""", "turn")]
    public void What_the_model_says_of_its_turn_is_told_with_its_end(string message, string told)
    {
        Say(message);
        Say("""{"serverContent":{"turnComplete":true}}""");

        Assert.Equal([told, "turn"], _sink.Told.Where(what => what.StartsWith("turn", StringComparison.Ordinal)));
    }

    [Fact]
    public void A_turn_of_such_models_that_was_interrupted_is_over_with_its_turnComplete()
    {
        _connection.Quirks = ModelQuirks.For("gemini-3.8-live-extended-thinking");
        Say("""{"serverContent":{"interrupted":true}}""");
        Say("""{"serverContent":{"turnComplete":true}}""");
        Say("""{"serverContent":{"turnComplete":true}}""");
        Assert.Equal(["interrupted", "turn"], _sink.Told);
    }

    [Fact]
    public void Broken_messages_are_passed_over_until_there_is_nothing_else()
    {
        for (int i = 0; i < 7; i++)
        {
            Say("{\"serverContent\":");
        }

        Say("""{"serverContent":{"turnComplete":true}}""");
        for (int i = 0; i < 7; i++)
        {
            Say("hello");
        }

        Assert.Equal(["turn"], _sink.Told);
        Assert.Equal(14, _counters.BadMessages);
        Assert.Throws<InvalidDataException>(() => Say("hello"));
    }

    [Theory]
    [InlineData("AAA")]
    [InlineData("AAAAA===")]
    [InlineData("AAAA")] // three bytes
    [InlineData("\\ud800")]
    [InlineData("?")]
    public void Audio_that_is_none_is_counted_and_what_follows_is_heard(string data)
    {
        Say($$$$$"""{"serverContent":{"modelTurn":{"parts":[{"inlineData":{"data":"{{{{{data}}}}}"}},{{{{{Audio}}}}}]}}}""");
        Assert.Equal(["audio 4@24000"], _sink.Told);
        Assert.Equal(1, _counters.BadAudioParts);
    }

    [Fact]
    public void Escapes_in_audio_are_undone()
    {
        Say("""{"serverContent":{"modelTurn":{"parts":[{"inlineData":{"data":"AAAAAA\u003d\u003d"}}]}}}""");
        Assert.Equal(["audio 4@24000"], _sink.Told);
    }

    [Fact]
    public void Audio_after_the_end_of_a_turn_and_a_tool_call_of_a_mebibyte_are_passed_on()
    {
        Say("""{"serverContent":{"turnComplete":true}}""");
        Say($$$$$"""{"serverContent":{"modelTurn":{"parts":[{{{{{Audio}}}}}]}}}""");
        Say($$$$$"""{"toolCall":{"functionCalls":[{"id":"1","name":"a","args":{"x":"{{{{{new string('y', 1024 * 1024)}}}}}"}}]}}""");
        Assert.Equal(["turn", "audio 4@24000"], _sink.Told[..2]);
        Assert.InRange(_sink.Told[2].Length, 1024 * 1024, 1024 * 1024 + 40);
    }

    [Theory]
    [InlineData(true, 1006, "", "", "model_lost", "close 1006")]
    [InlineData(false, 1006, "", "", "model_unreachable", "close 1006")]
    [InlineData(true, 1011, "Internal error", "", "model_lost", "close 1011 Internal error")]
    [InlineData(false, 1008, "a\u001bb", "Internal", "model_refused", "close 1008 a\\u001bb Internal")]
    public void A_close_says_code_text_and_what_the_server_said_before(bool ready, int code, string text, string error, string reason, string detail)
    {
        if (ready)
        {
            Say("""{"setupComplete":{}}""");
        }

        if (error.Length > 0)
        {
            Say($$$$$"""{"error":{"message":"{{{{{error}}}}}"}}""");
        }

        _connection.OnClosed(new WebSocketClose(WebSocketCloseCause.Peer, (ushort)code, text));
        GeminiFailure failure = GeminiFailure.OfClose(_connection, "");
        Assert.Equal((reason, $"{detail}; {failure.Cause!.Slug}: {failure.Cause.Causes[0].What}"), (failure.Ending.Reason.Word(), failure.Ending.Detail));
    }

    [Theory]
    [InlineData(1011, "Token has been used too many times", true)]
    [InlineData(1007, "Missing or malformed auth token", true)]
    [InlineData(1007, "Request contains an invalid argument", false)]
    [InlineData(1011, "You exceeded your current quota", false)]
    public void A_token_is_blamed_where_the_close_says_so(int code, string text, bool blamed)
    {
        _connection.OnClosed(new WebSocketClose(WebSocketCloseCause.Peer, (ushort)code, text));
        Assert.Equal(blamed, GeminiFailure.OfClose(_connection, "").IsTokenRefused);
    }

    private void Say(string message) => _connection.OnMessage(WebSocketOpcode.Binary, Encoding.UTF8.GetBytes(message));

    private sealed class Sink : IModelSink
    {
        public List<string> Told { get; } = [];

        public MemoryStream Heard { get; } = new();

        public void OnModelReady(string model) => Told.Add("model ready");

        public void OnModelAway(ModelAbsence absence) => Told.Add($"gone {absence.Detail}");

        public Task OnFreshSessionAsync() => Task.CompletedTask;

        public void OnModelBack(ModelReturn back) => Told.Add("back");

        public void OnModelEvent(ModelEventKind kind, string detail) => Told.Add($"event {kind.Word()}");

        public void OnModelAudio(ReadOnlySpan<byte> pcm, int sampleRate)
        {
            Told.Add($"audio {pcm.Length}@{sampleRate}");
            Heard.Write(pcm);
        }

        public void OnModelInterrupted() => Told.Add("interrupted");

        public void OnModelGenerationComplete() => Told.Add("generated");

        public void OnModelTurnComplete(TurnNote note = TurnNote.None) => Told.Add(note == TurnNote.None ? "turn" : $"turn {note}");

        public void OnCallerTranscript(ReadOnlySpan<char> text) => Told.Add($"heard {text}");

        public void OnModelTranscript(ReadOnlySpan<char> text) => Told.Add($"said {text}");

        public void OnToolCall(ToolCall call) => Told.Add($"tool {call.Id} {call.Name} {call.Arguments}");

        public void OnToolCallCancelled(string id) => Told.Add($"cancel {id}");

        public void OnModelUsage(long promptTokens, long responseTokens) => Told.Add($"tokens {promptTokens}+{responseTokens}");

        public void OnModelGoAway(TimeSpan timeLeft) => Told.Add("away");

        public void OnModelHandle(string handle) => Told.Add($"handle {handle}");

        public void OnModelBatchEnd()
        {
        }

        public void OnModelClosed(ModelEnding ending) => Told.Add("closed");
    }
}
