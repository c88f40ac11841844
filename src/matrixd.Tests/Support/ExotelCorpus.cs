using System.Text;
using System.Text.Json.Nodes;

namespace Matrixd.Tests.Support;

/// <summary>Frames that Exotel sends, and such as it should not.</summary>
internal static class ExotelCorpus
{
    public static IEnumerable<string> Good() =>
    [
        """{"event":"connected"}""",
        """{"event":"start","sequence_number":"1","stream_sid":"6f04","start":{"stream_sid":"6f04","call_sid":"56b1","account_sid":"acme1","from":"09441233609","to":"08037091588","custom_parameters":{"k":"v"},"media_format":{"encoding":"base64","sample_rate":"8000","bit_rate":"128kbps"}}}""",
        """{"event":"media","sequence_number":"3","stream_sid":"6f04","media":{"chunk":"2","timestamp":"20","payload":"AAECAwQFBgc="}}""",
        """{"event":"dtmf","sequence_number":"7","stream_sid":"6f04","dtmf":{"digit":"5","duration":"100"}}""",
        """{"event":"mark","sequence_number":"15","stream_sid":"6f04","mark":{"name":"m3"}}""",
        """{"event":"stop","sequence_number":"20","stream_sid":"6f04","stop":{"call_sid":"56b1","account_sid":"acme1","reason":"callended"}}""",
    ];

    public static IEnumerable<byte[]> Malformed()
    {
        string[] texts =
        [
            "", " ", "null", "1", "\"media\"", "[]", "[{\"event\":\"media\"}]", "{\"event\":\"media\"", "{\"event\":\"media\"}}", "{\"event\":\"media\"}{}", "{\"event\":\"media\"} x",
            "{event:\"media\"}", "{'event':'media'}", "{\"event\":\"media\",}", "{\"event\":NaN}", "{\"event\":Infinity}", "{\"event\":\"\u0000\"}", "{\"event\":\"\n\"}", "/* */{}", "{}//",
            "{\"event\":\"\\x\"}", "{\"event\":\"\\u00\"}", "{\"a\":01}", "{\"a\":+1}", "{\"a\":.5}", "{\"a\":1e}", "{\"a\":tru}", "\0{}", "{\"\\ud800\":1}", "{\"media\":{\"\\udc00\":1}}",
            new string('[', 100_000), string.Concat(Enumerable.Repeat("{\"a\":", 100_000)), string.Concat(Enumerable.Repeat("{\"a\":", 9)) + "1" + new string('}', 9),
            "{\"media\":{\"payload\":\"" + new string('A', 60_000),
        ];
        foreach (string text in texts)
        {
            yield return Encoding.UTF8.GetBytes(text);
        }

        yield return [0xFF, 0xFE, (byte)'{', (byte)'}'];
        yield return [(byte)'{', (byte)'"', 0xC3, (byte)'"', (byte)':', (byte)'1', (byte)'}', 0x80];
        yield return [0xEF, 0xBB, 0xBF, 0xEF, 0xBB, 0xBF, (byte)'{', (byte)'}'];
    }

    /// <summary>A start frame that names these.</summary>
    public static string Start(string callSid = "call-1", string streamSid = "stream-1", string accountSid = "acme", string rate = "\"8000\"", string from = "09441233609")
    {
        JsonObject start = new()
        {
            ["stream_sid"] = streamSid, ["call_sid"] = callSid, ["account_sid"] = accountSid, ["from"] = from, ["to"] = "08040000000",
            ["media_format"] = new JsonObject { ["encoding"] = "base64", ["sample_rate"] = JsonNode.Parse(rate), ["bit_rate"] = "128kbps" },
        };
        return new JsonObject { ["event"] = "start", ["sequence_number"] = "1", ["stream_sid"] = streamSid, ["start"] = start }.ToJsonString();
    }
}
