using System.Buffers;
using System.Text;
using System.Text.Json;
using Matrixd.Diagnostics;
using Xunit;

namespace Matrixd.Tests.Diagnostics;

public sealed class TapeTextTests
{
    [Theory]
    [InlineData("""{"event":"media","media":{"chunk":"2","timestamp":"12345678901","payload":"AAAAAAAAAAA="}}""", """{"event":"media","media":{"chunk":"2","timestamp":"12345678901","payload":{"audio_bytes":8}}}""")]
    [InlineData("""{"realtime_input":{"audio":{"mime_type":"audio/pcm;rate=16000","data":"AAAA"}}}""", """{"realtime_input":{"audio":{"mime_type":"audio/pcm;rate=16000","data":{"audio_bytes":3}}}}""")]
    [InlineData("""{"serverContent":{"modelTurn":{"parts":[{"inlineData":{"mimeType":"audio/pcm","data":"AAA="}}]}}}""", """{"serverContent":{"modelTurn":{"parts":[{"inlineData":{"mimeType":"audio/pcm","data":{"audio_bytes":2}}}]}}}""")]
    [InlineData("""{"realtimeInput":{"mediaChunks":[{"data":"AA=="}]}}""", """{"realtimeInput":{"mediaChunks":[{"data":{"audio_bytes":1}}]}}""")]
    [InlineData("""{"toolCall":{"functionCalls":[{"args":{"data":"AAAA"}}]}}""", """{"toolCall":{"functionCalls":[{"args":{"data":"AAAA"}}]}}""")]
    public void Audio_is_elided_where_audio_stands_and_nowhere_else(string message, string line) => Assert.Equal(line, Write(message));

    [Fact]
    public void Audio_that_is_kept_is_kept_as_it_came()
    {
        const string Message = """{"event":"media","media":{"payload":"+/+/AAA="}}""";

        Assert.Equal(Message, Write(Message, keepAudio: true));
    }

    [Fact]
    public void A_handle_is_followed_by_its_hash_and_never_stands_there()
    {
        string given = Write("""{"sessionResumptionUpdate":{"newHandle":"opens-the-session","resumable":true}}""");
        string used = Write("""{"setup":{"sessionResumption":{"handle":"opens-the-session"}}}""");

        string hash = JsonDocument.Parse(given).RootElement.GetProperty("sessionResumptionUpdate").GetProperty("newHandle").GetString()!;
        Assert.StartsWith("sha256:", hash, StringComparison.Ordinal);
        Assert.Contains(hash, used, StringComparison.Ordinal);
        Assert.DoesNotContain("opens-the-session", given + used, StringComparison.Ordinal);
        Assert.Equal(given, Write(given)); // what was masked comes out the same: a replay sends it again
    }

    [Theory]
    [InlineData("""{"token":"auth_tokens/abc","access_token":"abc","api_key":"AIza","password":"x"}""", """{"token":"***","access_token":"***","api_key":"***","password":"***"}""")]
    [InlineData("""{"text":"wss://host/ws?access_token=auth_tokens/abc"}""", """{"text":"***"}""")]
    public void Secrets_do_not_stand_in_a_line(string message, string line) => Assert.Equal(line, Write(message, keepAudio: true, keepNumbers: true));

    [Theory]
    [InlineData("call +919441233609 now", "call +····3609 now")]
    [InlineData("0944 123-3609", "····3609")]
    [InlineData("08040000000", "····0000")]
    [InlineData("from 9441233609 to 9441233610.", "from ····3609 to ····3610.")]
    [InlineData("on 2026-11-22, order 4711, 12,500 rupees", "on 2026-11-22, order 4711, 12,500 rupees")]
    [InlineData("123456789", "123456789")]
    [InlineData("1234567890 ", "····7890 ")]
    [InlineData("····3609", "····3609")]
    [InlineData("", "")]
    public void Telephone_numbers_keep_their_last_four_digits(string text, string masked)
    {
        Assert.Equal(masked, PhoneMask.Of(text));
        Assert.Equal(masked, PhoneMask.Of(masked));
    }

    [Fact]
    public void Ids_and_counters_are_no_telephone_numbers()
    {
        const string Message = """{"event":"start","sequence_number":"1234567890123","stream_sid":"12345678901234","start":{"call_sid":"12345678901234","from":"09441233609","timestamp":"1234567890"},"id":"function-call-12345678901234567890"}""";

        Assert.Equal(Message.Replace("09441233609", "····3609", StringComparison.Ordinal), Write(Message));
        Assert.Equal(Message, Write(Message, keepNumbers: true));
    }

    [Fact]
    public void Numbers_order_and_unknown_fields_stay_as_they_came()
    {
        const string Message = """{"b":1.50,"a":[1e3,-0,null,true,{"x":[[]]}],"a":{},"ü":"नमस्ते"}""";

        Assert.Equal(Message, Write(Message));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("{\"a\":1} {}")]
    [InlineData("not json")]
    public void What_is_no_JSON_is_refused(string message) => Assert.ThrowsAny<JsonException>(() => Write(message));

    private static string Write(string message, bool keepAudio = false, bool keepNumbers = false)
    {
        ArrayBufferWriter<byte> written = new();
        using (Utf8JsonWriter json = new(written, TapeText.Writing))
        {
            new TapeText(keepAudio, keepNumbers).Write(json, Encoding.UTF8.GetBytes(message));
        }

        return Encoding.UTF8.GetString(written.WrittenSpan);
    }
}
