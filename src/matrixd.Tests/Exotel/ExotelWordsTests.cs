using System.Text;
using Matrixd.Exotel;
using Xunit;

namespace Matrixd.Tests.Exotel;

public sealed class ExotelWordsTests
{
    [Fact]
    public void Media_is_written_byte_for_byte_as_Exotel_takes_it()
    {
        ExotelFrameWriter writer = new("6f048d2e");
        byte[] pcm = [0, 1, 2, 3, 4, 5, 250, 255];
        byte[] frame = new byte[writer.MediaLength(pcm.Length)];

        int length = writer.WriteMedia(pcm, frame);

        Assert.Equal("""{"event":"media","stream_sid":"6f048d2e","media":{"payload":"AAECAwQF+v8="}}""", Encoding.UTF8.GetString(frame.AsSpan(0, length)));
        Assert.Equal(frame.Length, length);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(1234567890123)]
    [InlineData(long.MaxValue)]
    public void A_mark_has_a_number_that_is_found_again(long mark)
    {
        byte[] frame = new byte[192];
        ExotelFrameWriter writer = new(new string('s', 64));
        int length = writer.WriteMark(mark, frame);

        Assert.Equal($$$"""{"event":"mark","stream_sid":"{{{new string('s', 64)}}}","mark":{"name":"m{{{mark}}}"}}""", Encoding.UTF8.GetString(frame.AsSpan(0, length)));
        Assert.InRange(length, 1, 160);
        Assert.Equal(mark, ExotelFrameWriter.ParseMark(Encoding.UTF8.GetBytes($"m{mark}")));
    }

    [Fact]
    public void Clear_names_the_stream_and_nothing_else() => Assert.Equal("""{"event":"clear","stream_sid":"s-1"}"""u8.ToArray(), new ExotelFrameWriter("s-1").Clear);

    // H17
    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("नमस्ते", "नमस्ते")]
    [InlineData("a\r\nb\tc", "a··b·c")]
    [InlineData("\u001b[2Jx", "·[2Jx")]
    [InlineData("a\u202eb\u200fc", "a·b·c")]
    [InlineData("a\u2028b\u2029c\u0085d", "a·b·c·d")]
    [InlineData("\u0000\u007f", "··")]
    [InlineData("", "")]
    public void What_moves_a_terminal_does_not_stand_in_a_log(string text, string plain) => Assert.Equal(plain, ExotelText.Plain(text));

    [Fact]
    public void Half_a_character_is_none() => Assert.Equal("\ufffdx", ExotelText.Plain("\ud800x"));

    [Fact]
    public void No_field_is_longer_than_a_line()
    {
        Assert.Equal(256, ExotelText.Plain(new string('x', 1024 * 1024)).Length);
        Assert.InRange(ExotelText.Plain(string.Concat(Enumerable.Repeat("😀", 100_000))).Length, 250, 256);
        Assert.Equal(255, ExotelText.Plain(new string('x', 255)).Length);
    }
}
