using Matrixd.Audio;
using Matrixd.Calls;
using Matrixd.Tests.Support;
using Xunit;

namespace Matrixd.Tests.Calls;

// U4
public sealed class UplinkTests
{
    [Theory]
    [InlineData(8000)]
    [InlineData(16000)]
    [InlineData(24000)]
    public async Task What_the_caller_says_while_the_model_connects_reaches_it_in_order_and_whole(int rate)
    {
        await using CallStory story = new(rate);
        story.Begin();
        short[] spoken = Signals.Noise(rate, 10, seed: 1);
        story.Line(3000, spoken);
        Assert.Equal(["connect", "setup"], story.Model.Told);

        story.Model.Ready();
        story.Line(7000, spoken[(3 * rate)..]);

        byte[] expected = CallsPlayoutRig.Resampled(spoken, rate, 16_000);
        byte[] heard = story.Model.Pcm;
        Assert.True(heard.Length >= 10 * 32_000 - 640 - 320, $"{heard.Length} bytes"); // all but the filter's delay and a message that is not full
        Assert.Equal(heard, expected[..heard.Length]);
        Assert.Equal(0, story.Counters.UplinkDroppedBytes);
    }

    [Theory]
    [InlineData(20)]
    [InlineData(40)]
    [InlineData(60)]
    [InlineData(80)]
    [InlineData(100)]
    public async Task What_was_kept_is_replayed_at_five_times_real_time(int messageMs)
    {
        await using CallStory story = new(options: o => o with { UplinkFrame = TimeSpan.FromMilliseconds(messageMs), ModelReadyTimeout = TimeSpan.FromSeconds(30) });
        story.Begin();
        story.Line(8000);
        story.Model.Ready();
        int atOnce = story.Model.Pcm.Length;
        story.Line(1000);

        int message = messageMs * 32;
        Assert.All(story.Model.Messages, length => Assert.Equal(message, length));
        Assert.InRange(atOnce, 0, message);
        Assert.InRange(story.Model.Pcm.Length, (5 * 32_000) - (2 * message), (5 * 32_000) + (2 * message));
        story.Line(3000);
        Assert.InRange(story.Model.Pcm.Length, (12 * 32_000) - (2 * message), 12 * 32_000); // caught up
    }

    [Fact]
    public async Task Beyond_its_bound_the_oldest_is_dropped_and_counted()
    {
        await using CallStory story = new(options: o => o with { UplinkBuffer = TimeSpan.FromSeconds(2), ModelReadyTimeout = TimeSpan.FromSeconds(30) });
        story.Begin();
        short[] spoken = Signals.Noise(8000, 8, seed: 1);
        story.Line(5000, spoken);
        story.Model.Ready();
        story.Line(3000, spoken[40_000..]);

        byte[] whole = CallsPlayoutRig.Resampled(spoken, 8000, 16_000);
        byte[] heard = story.Model.Pcm;
        Assert.InRange(story.Counters.UplinkDroppedBytes, 2.9 * 32_000, 3.0 * 32_000);
        int from = (int)story.Counters.UplinkDroppedBytes;
        Assert.Equal(whole[from..(from + heard.Length)], heard);
        Assert.True(heard.Length >= (5 * 32_000) - 640 - 320);
    }

    [Fact]
    public async Task A_model_that_takes_nothing_for_a_while_gets_everything_afterwards_in_order()
    {
        await using CallStory story = CallStory.Joined();
        short[] spoken = Signals.Noise(8000, 6, seed: 1);
        story.Line(1000, spoken);
        story.Model.IsTaking = false;
        story.Line(2000, spoken[8000..]);
        Assert.InRange(story.Model.Pcm.Length, 32_000 - 1000, 32_000);
        story.Model.IsTaking = true;
        story.Line(3000, spoken[24_000..]);

        byte[] heard = story.Model.Pcm;
        Assert.True(heard.Length >= (6 * 32_000) - 640 - 320);
        Assert.Equal(CallsPlayoutRig.Resampled(spoken, 8000, 16_000)[..heard.Length], heard);
    }

    [Fact]
    public async Task A_long_wait_earns_no_credit_for_the_replay()
    {
        await using CallStory story = CallStory.Joined();
        story.Line(5000);
        story.Model.IsTaking = false;
        story.Line(5000);
        int before = story.Model.Pcm.Length;
        story.Model.IsTaking = true;
        story.Line(200);

        Assert.InRange(story.Model.Pcm.Length - before, 0, (200 * 5 * 32) + 1280);
    }

    [Fact]
    public async Task The_model_is_told_once_when_the_line_pauses_for_a_second()
    {
        await using CallStory story = CallStory.Joined();
        story.Line(1000, Signals.Noise(8000, 1, seed: 1));
        story.Frame(Signals.Noise(8000, 0.01, seed: 2)); // half a message
        int sent = story.Model.Pcm.Length;
        story.Pass(900);
        Assert.DoesNotContain("stream end", story.Model.Told);

        story.Pass(400);
        story.Pass(3000);

        Assert.Single(story.Model.Told, "stream end");
        Assert.True(story.Model.Pcm.Length > sent, "the part of a message that was filled went out before it");
        Assert.True(story.Model.Pcm.Length % 2 == 0);
        story.Line(100);
        story.Pass(1500);
        Assert.Equal(2, story.Model.Told.Count(told => told == "stream end"));
    }

    [Fact]
    public async Task A_pause_before_the_caller_was_ever_heard_is_none()
    {
        await using CallStory story = CallStory.Joined();
        story.Pass(5000);
        Assert.DoesNotContain("stream end", story.Model.Told);
    }

    [Theory]
    [InlineData(20)]
    [InlineData(40)]
    [InlineData(100)]
    [InlineData(200)]
    public void Frames_of_any_length_become_messages_of_one(int frameMs)
    {
        FakeModelLeg model = new(null!);
        Uplink uplink = new(model, 8000, TimeSpan.FromMilliseconds(20), TimeSpan.FromSeconds(60), new CallCounters());
        short[] spoken = Signals.Noise(8000, 4, seed: 1);
        for (int at = 0; at < spoken.Length; at += frameMs * 8)
        {
            uplink.Write(spoken.AsSpan(at, frameMs * 8));
        }

        Assert.Empty(model.Messages);
        Assert.Equal(0, uplink.Backlog % 640);
        Assert.InRange(uplink.Backlog, (4 * 32_000) - 640 - 320, 4 * 32_000);
        uplink.Release();
        Assert.Equal(0, uplink.Backlog);
    }
}
