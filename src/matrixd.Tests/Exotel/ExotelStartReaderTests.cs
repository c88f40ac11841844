using System.Text;
using System.Text.Json;
using Matrixd.Calls;
using Matrixd.Exotel;
using Xunit;

namespace Matrixd.Tests.Exotel;

// P7, S4
public sealed class ExotelStartReaderTests
{
    [Fact]
    public void Both_spellings_say_the_same()
    {
        ExotelStart snake = Read("""{"event":"start","stream_sid":"s","start":{"stream_sid":"s","call_sid":"c","account_sid":"a","from":"1","to":"2","media_format":{"sample_rate":"16000"}}}""");
        ExotelStart camel = Read("""{"start":{"mediaFormat":{"sampleRate":16000},"to":"2","from":"1","accountSid":"a","callSid":"c","streamSid":"s"},"event":"start"}""");
        ExotelStart outside = Read("""{"streamSid":"s","start":{"callSid":"c","accountSid":"a","from":1,"to":2,"media_format":{"sample_rate":"16000Hz"}}}""");

        Assert.Equal(new ExotelStart("s", "c", "a", "1", "2", 16000), snake);
        Assert.Equal(snake, camel);
        Assert.Equal(snake, outside);
    }

    [Theory]
    [InlineData("""{"sample_rate":"8000"}""", 8000)]
    [InlineData("""{"sample_rate":8000}""", 8000)]
    [InlineData("""{"sample_rate":8000.0}""", 8000)]
    [InlineData("""{"sample_rate":"24000 Hz"}""", 24000)]
    [InlineData("""{"sample_rate":"fast"}""", 0)]
    [InlineData("""{"sample_rate":null}""", 0)]
    [InlineData("""{"sample_rate":"99999999999999"}""", 0)]
    [InlineData("""{}""", 0)]
    [InlineData("""null""", 0)]
    [InlineData("""[]""", 0)]
    public void The_rate_is_a_number_or_none(string format, int rate) =>
        Assert.Equal(rate, Read($$$"""{"start":{"call_sid":"c","media_format":{{{format}}}}}""").SampleRate);

    [Fact]
    public void Fields_are_bounded() => Assert.Equal(256, Read($$$"""{"start":{"from":"{{{new string('9', 50_000)}}}"}}""").From.Length);

    [Theory]
    [InlineData("""{"event":"start"}""")]
    [InlineData("""{"start":[]}""")]
    [InlineData("""{"start":"x"}""")]
    [InlineData("""{"start":{"call_sid":"\ud800"}}""")]
    [InlineData("""{"start":{""")]
    public void A_start_without_its_object_is_refused(string json) => Assert.ThrowsAny<JsonException>(() => Read(json));

    [Theory]
    [InlineData("""{"stop":{"reason":"callended"}}""", "callended")]
    [InlineData("""{"stop":{"reason":7}}""", "7")]
    [InlineData("""{"stop":{"reason":"\ud800"}}""", "")]
    [InlineData("""{"stop":{}}""", "")]
    [InlineData("""{"stop":"callended"}""", "")]
    [InlineData("""{}""", "")]
    public void A_stop_has_a_reason_or_none(string json, string reason) => Assert.Equal(reason, ExotelStartReader.StopReason(Encoding.UTF8.GetBytes(json)));

    [Theory]
    [InlineData("acme", "c", "s", 8000, "")]
    [InlineData("acme", "c", "s", 0, "")]
    [InlineData("acme", "c", "s", 24000, "")]
    [InlineData("other", "c", "s", 8000, "start names an account_sid that is not ours")]
    [InlineData("", "c", "s", 8000, "start names an account_sid that is not ours")]
    [InlineData("acme2", "c", "s", 8000, "start names an account_sid that is not ours")]
    [InlineData("acme", "", "s", 8000, "start has no usable call_sid")]
    [InlineData("acme", "../x", "s", 8000, "start has no usable call_sid")]
    [InlineData("acme", "c", "", 8000, "start has no usable stream_sid")]
    [InlineData("acme", "c", "a b", 8000, "start has no usable stream_sid")]
    [InlineData("acme", "c", "s", 44100, "sample rate 44100 Hz is not served: 8000, 16000 or 24000")]
    public void A_start_is_held_against_what_we_know(string account, string call, string stream, int rate, string refusal)
    {
        ExotelOptions options = new() { AccountSid = "acme" };
        ExotelStart start = new(stream, call, account, "1", "2", rate);
        Assert.Equal(refusal, ExotelStartCheck.Check(start, options, new ExotelAdmission(null, () => { }), out CallStart? opening));
        Assert.Equal(refusal.Length == 0, opening is not null);
        Assert.Equal(rate == 0 ? 8000 : rate, opening?.SampleRate ?? (rate == 0 ? 8000 : rate));
    }

    // S3
    [Fact]
    public void A_path_token_is_good_for_its_own_call_alone()
    {
        ExotelStart start = new("s", "c", "a", "1", "2", 8000);
        Assert.Equal("", ExotelStartCheck.Check(start, new ExotelOptions(), new ExotelAdmission(CallSid.Parse("c"), () => { }), out _));
        Assert.Equal(
            "the path token was handed out for another call",
            ExotelStartCheck.Check(start, new ExotelOptions(), new ExotelAdmission(CallSid.Parse("d"), () => { }), out CallStart? opening));
        Assert.Null(opening);
    }

    private static ExotelStart Read(string json) => ExotelStartReader.Read(Encoding.UTF8.GetBytes(json));
}
