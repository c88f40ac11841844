using Matrixd.Calls;
using Matrixd.Tests.Support;
using Xunit;

namespace Matrixd.Tests.Calls;

/// <summary>The wall clock jumps during a call: C10. What a call does by time it does by the monotonic clock.</summary>
public sealed class ClockJumpTests
{
    public static TheoryData<double> Jumps => [86_400, -86_400, -2, 3600, (new DateTimeOffset(2038, 1, 19, 3, 14, 8, TimeSpan.Zero) - new DateTimeOffset(2026, 11, 22, 9, 0, 0, TimeSpan.Zero)).TotalSeconds];

    [Theory]
    [MemberData(nameof(Jumps))]
    public async Task No_timeout_fires_and_no_audio_is_hurried_or_held(double seconds)
    {
        await using CallStory still = CallStory.Joined();
        await using CallStory jumped = CallStory.Joined();
        foreach (CallStory story in (CallStory[])[still, jumped])
        {
            story.Line(500);
            story.Model.Says(Signals.Noise(24_000, 2, seed: 45));
            if (story == jumped)
            {
                story.Clock.JumpWallClock(TimeSpan.FromSeconds(seconds));
            }

            story.Line(9000);
        }

        Assert.False(jumped.HasEnded);
        Assert.Equal(still.Caller.Told, jumped.Caller.Told);
        Assert.Equal(still.Model.Told, jumped.Model.Told);
        await jumped.HangUpAsync();
        await still.HangUpAsync();
    }

    [Theory]
    [MemberData(nameof(Jumps))]
    public async Task Limits_are_kept_to_the_tick(double seconds)
    {
        await using CallStory story = CallStory.Joined(options: options => options with { CallMax = TimeSpan.FromMinutes(2), MediaIdle = TimeSpan.FromSeconds(10) });
        story.Line(1000);
        story.Clock.JumpWallClock(TimeSpan.FromSeconds(seconds));
        story.Pass(9700);
        Assert.False(story.HasEnded);
        story.Pass(600);

        Assert.Equal(CallEndReason.MediaLost, await story.EndedAsync());
    }
}
