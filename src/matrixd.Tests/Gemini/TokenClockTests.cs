using System.Text.Json;
using Matrixd.Tests.Support;
using Xunit;

namespace Matrixd.Tests.Gemini;

/// <summary>The token under a wall clock that jumps, or that is wrong: validity is judged by it at each use, everything else by the monotonic one. C10, U16.</summary>
public sealed class TokenClockTests
{
    // C10: a token that was good stays in use; nobody mints because a clock went back.
    [Theory]
    [InlineData(-86_400)]
    [InlineData(-3600)]
    [InlineData(-2)]
    [InlineData(3600)] // within its window
    public async Task A_wall_clock_that_jumps_otherwise_changes_nothing(int seconds)
    {
        await using GeminiTokenRig rig = await GeminiTokenRig.StartAsync();
        await rig.TakeAsync();

        rig.Time.JumpWallClock(TimeSpan.FromSeconds(seconds));

        Assert.Equal("auth_tokens/1", (await rig.TakeAsync()).Value);
        Assert.Equal(1, rig.Server.Count);
    }

    // U16: ten minutes either way, the service's clock being right. The windows asked for are good by its clock from the second mint on.
    [Theory]
    [InlineData(10, "2026-11-22T09:20:00Z")]
    [InlineData(-10, "2026-11-22T09:00:00Z")]
    public async Task A_clock_that_is_ten_minutes_off_is_corrected(int minutes, string window)
    {
        await using GeminiTokenRig rig = await GeminiTokenRig.StartAsync();
        rig.Server.ClockAhead = TimeSpan.FromMinutes(minutes);
        await rig.TakeAsync();
        await rig.Server.NextAsync();

        await rig.Tokens.MintBrowserAsync(CancellationToken.None);

        using JsonDocument body = JsonDocument.Parse((await rig.Server.NextAsync()).Body);
        Assert.Equal(window, body.RootElement.GetProperty("newSessionExpireTime").GetString());
        Assert.True(rig.Tokens.State.HasToken);
    }

    // C10: the first second that 32 bits cannot count any more.
    [Fact]
    public async Task Tokens_are_minted_and_served_beyond_January_2038()
    {
        await using GeminiTokenRig rig = await GeminiTokenRig.StartAsync();
        rig.Time.JumpWallClock(new DateTimeOffset(2038, 1, 19, 3, 0, 0, TimeSpan.Zero) - rig.Time.GetUtcNow());
        await rig.TakeAsync();

        using JsonDocument body = JsonDocument.Parse((await rig.Server.NextAsync()).Body);
        Assert.Equal("2038-01-19T05:27:00Z", body.RootElement.GetProperty("newSessionExpireTime").GetString());
        rig.Time.JumpWallClock(TimeSpan.FromMinutes(30));
        Assert.Equal("auth_tokens/1", (await rig.TakeAsync()).Value);
    }

    // C10: the next refresh is counted by the monotonic clock.
    [Theory]
    [InlineData(-86_400)]
    [InlineData(-2)]
    public async Task A_clock_that_goes_back_neither_hurries_nor_holds_up_the_refresh(int seconds)
    {
        await using GeminiTokenRig rig = await GeminiTokenRig.StartAsync();
        rig.Run();
        await rig.Server.NextAsync();
        TimeSpan asleep = await rig.AsleepAsync(); // the answer has been read
        rig.Time.JumpWallClock(TimeSpan.FromSeconds(seconds));
        rig.Time.Rearmed(asleep);

        Assert.Equal(TimeSpan.FromMinutes(60), await rig.UntilMintAsync());
    }

    // C10: suspended for a day, or set a day ahead: the window is over, which is noticed within a minute and before anybody calls.
    [Fact]
    public async Task A_clock_that_jumps_ahead_is_noticed_within_a_minute()
    {
        await using GeminiTokenRig rig = await GeminiTokenRig.StartAsync();
        rig.Run();
        await rig.Server.NextAsync();
        TimeSpan asleep = await rig.AsleepAsync(); // the answer has been read
        rig.Time.JumpWallClock(TimeSpan.FromDays(1));
        rig.Time.Rearmed(asleep);

        Assert.InRange(await rig.UntilMintAsync(), TimeSpan.Zero, TimeSpan.FromSeconds(60));
    }
}
