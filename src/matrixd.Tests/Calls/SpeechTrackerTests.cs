using Matrixd.Calls;
using Matrixd.Tests.Support;
using Xunit;

namespace Matrixd.Tests.Calls;

public sealed class SpeechTrackerTests
{
    [Fact]
    public void Nothing_was_heard_before_something_was()
    {
        SpeechTracker tracker = new(8000);
        tracker.Hear(0, Signals.Noise(8000, 0.02, seed: 1, amplitude: 40)); // line noise
        tracker.Hear(160, []);
        Assert.Equal(-1, tracker.Start);
        Assert.Equal(-1, tracker.End);
    }

    [Fact]
    public void A_short_pause_lies_within_an_utterance_and_a_long_one_between_two()
    {
        SpeechTracker tracker = new(8000);
        short[] frame = Signals.Tone(400, 8000, 0.02);
        tracker.Hear(1000, frame);
        tracker.Hear(1160, frame);
        tracker.Hear(1160 + 160 + 5000, frame); // 625 ms
        Assert.Equal(1000, tracker.Start);
        Assert.Equal(6480, tracker.End);

        tracker.Hear(6480 + 5700, frame); // 712 ms
        Assert.Equal(12_180, tracker.Start);
        Assert.Equal(12_340, tracker.End);
    }

    [Theory]
    [InlineData("one two three", 0, 100, "")]
    [InlineData("one two three", 100, 100, "one two three")]
    [InlineData("one two three", 150, 100, "one two three")]
    [InlineData("one two three", 50, 100, "one")]
    [InlineData("one two three", 60, 100, "one two")]
    [InlineData("one two three", 99, 100, "one two")]
    [InlineData("one", 99, 100, "")]
    [InlineData("", 50, 100, "")]
    [InlineData("one two", -5, 100, "")]
    [InlineData("one two", 0, 0, "one two")] // no audio: nothing of it was cut
    public void Words_whose_audio_was_heard_whole_are_kept(string said, long heard, long total, string kept) =>
        Assert.Equal(kept, HeardText.Of(said, heard, total));
}
