using Matrixd.Calls;
using Matrixd.Tests.Support;
using Xunit;

namespace Matrixd.Tests.Calls;

/// <summary>Caller audio while the model takes none: a tool call is pending, or its socket is on its way.</summary>
public sealed class HeldAudioTests
{
    [Fact]
    public async Task What_was_held_goes_out_first_and_in_order()
    {
        await using CallStory story = CallStory.Joined();
        short[] speech = Signals.Noise(8000, 3, seed: 44);
        short[] expected = EndToEndSound.Stream(speech, 8000, 16_000);

        story.Line(1000, speech[..8000]);
        story.Model.IsTaking = false;
        story.Line(1000, speech[8000..16_000]);
        int held = story.Model.Pcm.Length;
        story.Model.IsTaking = true;
        story.Line(1000, speech[16_000..]);

        Assert.Equal(50, held / 640);
        Assert.Equal(expected.Length / 320 * 320, story.Model.Pcm.Length / 2);
        EndToEndSound.AssertSame(expected.AsSpan(0, story.Model.Pcm.Length / 2), Samples16.Of(story.Model.Pcm).ToArray());
        Assert.Equal(0, story.Counters.UplinkDroppedBytes);
        await story.HangUpAsync();
    }

    // A pause is realtime input too: told while a blocking call is pending, it would close the session.
    [Fact]
    public async Task A_pause_is_told_after_what_was_held_and_not_before()
    {
        await using CallStory story = CallStory.Joined();
        story.Line(200);
        int before = story.Model.Told.Count;
        story.Model.IsTaking = false;
        story.Line(400);
        story.Pass(3000); // three times the pause that is told
        Assert.Equal(before, story.Model.Told.Count);

        story.Model.IsTaking = true;
        story.Pass(1000);

        Assert.Equal([.. Enumerable.Repeat("audio 640", 20), "stream end"], story.Model.Told.Skip(before).Where(told => told is "audio 640" or "stream end"));
        await story.HangUpAsync();
    }
}
