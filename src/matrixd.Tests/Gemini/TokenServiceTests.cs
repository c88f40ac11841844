using System.Text.Json;
using Matrixd.Gemini;
using Matrixd.Tests.Support;
using Xunit;

namespace Matrixd.Tests.Gemini;

// U16, U17
public sealed class TokenServiceTests
{
    [Fact]
    public async Task A_mint_is_plain_and_keeps_the_key_out_of_the_address()
    {
        await using GeminiTokenRig rig = await GeminiTokenRig.StartAsync();

        await rig.TakeAsync();

        AgentsLoopbackServer.Request mint = await rig.Server.NextAsync();
        Assert.Equal("POST", mint.Method);
        Assert.Equal("/v1alpha/auth_tokens", mint.Target);
        Assert.Equal(GeminiMintServer.Key, mint.Headers["x-goog-api-key"]);
        using JsonDocument body = JsonDocument.Parse(mint.Body);
        Assert.Equal(["uses", "expireTime", "newSessionExpireTime"], body.RootElement.EnumerateObject().Select(p => p.Name));
    }

    [Fact]
    public async Task The_shared_token_outlives_two_refreshes_and_the_longest_call()
    {
        await using GeminiTokenRig rig = await GeminiTokenRig.StartAsync();

        await rig.TakeAsync();

        using JsonDocument body = JsonDocument.Parse((await rig.Server.NextAsync()).Body);
        Assert.Equal(10_000, body.RootElement.GetProperty("uses").GetInt32());
        Assert.Equal("2026-11-22T11:27:00Z", body.RootElement.GetProperty("newSessionExpireTime").GetString()); // 2 x 66 min + 15 min
        Assert.Equal("2026-11-22T12:42:00Z", body.RootElement.GetProperty("expireTime").GetString()); // + 60 min call + 15 min
    }

    [Fact]
    public async Task A_browser_token_opens_one_session_within_its_window()
    {
        await using GeminiTokenRig rig = await GeminiTokenRig.StartAsync();

        StoredToken token = await rig.Tokens.MintBrowserAsync(CancellationToken.None);

        using JsonDocument body = JsonDocument.Parse((await rig.Server.NextAsync()).Body);
        Assert.Equal(1, body.RootElement.GetProperty("uses").GetInt32());
        Assert.Equal("2026-11-22T09:10:00Z", body.RootElement.GetProperty("newSessionExpireTime").GetString());
        Assert.Equal("2026-11-22T10:25:00Z", body.RootElement.GetProperty("expireTime").GetString());
        Assert.Equal("browser", token.Kind);
        Assert.False(rig.Tokens.State.HasToken);
    }

    [Fact]
    public async Task Callers_without_a_token_share_one_mint()
    {
        await using GeminiTokenRig rig = await GeminiTokenRig.StartAsync();
        var gate = new TaskCompletionSource();
        rig.Server.Gate = gate.Task;

        Task<StoredToken>[] callers = [.. Enumerable.Range(0, 50).Select(_ => rig.Tokens.GetAsync(CancellationToken.None).AsTask())];
        await rig.Server.NextAsync();
        gate.SetResult();
        StoredToken[] got = await Task.WhenAll(callers).WaitAsync(TimeSpan.FromSeconds(30));

        Assert.All(got, token => Assert.Equal("auth_tokens/1", token.Value));
        Assert.Equal(1, rig.Server.Count);
    }

    [Fact]
    public async Task A_token_at_hand_is_given_without_a_wait()
    {
        await using GeminiTokenRig rig = await GeminiTokenRig.StartAsync();
        await rig.TakeAsync();

        ValueTask<StoredToken> again = rig.Tokens.GetAsync(CancellationToken.None);

        Assert.True(again.IsCompletedSuccessfully);
        Assert.Equal("auth_tokens/1", (await again).Value);
    }

    [Fact]
    public async Task A_caller_that_gives_up_does_not_cancel_the_others_mint()
    {
        await using GeminiTokenRig rig = await GeminiTokenRig.StartAsync();
        var gate = new TaskCompletionSource();
        rig.Server.Gate = gate.Task;
        using var impatient = new CancellationTokenSource();
        Task<StoredToken> first = rig.Tokens.GetAsync(impatient.Token).AsTask();
        await rig.Server.NextAsync();
        Task<StoredToken> second = rig.Tokens.GetAsync(CancellationToken.None).AsTask();

        await impatient.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        gate.SetResult();

        Assert.Equal("auth_tokens/1", (await second.WaitAsync(TimeSpan.FromSeconds(30))).Value);
        Assert.Equal(1, rig.Server.Count);
    }

    [Fact]
    public async Task A_stored_token_that_is_still_good_serves_after_a_restart_without_a_mint()
    {
        await using GeminiTokenRig rig = await GeminiTokenRig.StartAsync(Stored(newSessionLeft: TimeSpan.FromSeconds(61)));

        Assert.Equal("auth_tokens/stored", (await rig.TakeAsync()).Value);
        Assert.Equal(0, rig.Server.Count);
    }

    [Fact]
    public async Task A_stored_token_with_a_minute_left_is_not_served()
    {
        await using GeminiTokenRig rig = await GeminiTokenRig.StartAsync(Stored(newSessionLeft: TimeSpan.FromSeconds(60)));

        Assert.Equal("auth_tokens/1", (await rig.TakeAsync()).Value);
    }

    [Fact]
    public async Task A_minted_token_is_stored()
    {
        await using GeminiTokenRig rig = await GeminiTokenRig.StartAsync();

        StoredToken token = await rig.TakeAsync();

        Assert.Equal(token, rig.Shelf.Shared);
    }

    [Fact]
    public async Task A_store_that_fails_does_not_take_the_token_from_the_calls()
    {
        await using GeminiTokenRig rig = await GeminiTokenRig.StartAsync();
        rig.Shelf.Failure = new IOException("disk full");

        Assert.Equal("auth_tokens/1", (await rig.TakeAsync()).Value);
        Assert.Contains("disk full", rig.Log.All);
    }

    [Fact]
    public async Task A_wall_clock_that_jumps_past_the_window_makes_a_new_token()
    {
        await using GeminiTokenRig rig = await GeminiTokenRig.StartAsync();
        await rig.TakeAsync();

        rig.Time.JumpWallClock(TimeSpan.FromHours(3));

        Assert.Equal("auth_tokens/2", (await rig.TakeAsync()).Value);
    }

    [Fact]
    public async Task A_token_is_dated_by_the_servers_clock_once_it_is_known()
    {
        await using GeminiTokenRig rig = await GeminiTokenRig.StartAsync();
        rig.Server.ClockAhead = TimeSpan.FromMinutes(20);
        await rig.TakeAsync();
        await rig.Server.NextAsync();

        await rig.Tokens.MintBrowserAsync(CancellationToken.None);

        using JsonDocument body = JsonDocument.Parse((await rig.Server.NextAsync()).Body);
        Assert.Equal("2026-11-22T09:30:00Z", body.RootElement.GetProperty("newSessionExpireTime").GetString());
        Assert.Equal(TimeSpan.FromMinutes(20), rig.Tokens.State.ClockSkew);
        Assert.Contains("by 1200 s", rig.Log.All);
    }

    [Fact]
    public async Task What_the_server_grants_counts_more_than_what_was_asked()
    {
        await using GeminiTokenRig rig = await GeminiTokenRig.StartAsync();
        rig.Server.Then(200, """{"name":"auth_tokens/short","newSessionExpireTime":"2026-11-22T09:05:00Z","expireTime":"2026-11-22T09:30:00Z"}""");

        StoredToken token = await rig.TakeAsync();

        Assert.Equal(new DateTimeOffset(2026, 11, 22, 9, 5, 0, TimeSpan.Zero), token.NewSessionUntil);
        Assert.Equal(new DateTimeOffset(2026, 11, 22, 9, 30, 0, TimeSpan.Zero), token.ExpiresAt);
    }

    [Fact]
    public async Task Stopping_ends_a_mint_in_flight()
    {
        await using GeminiTokenRig rig = await GeminiTokenRig.StartAsync();
        var gate = new TaskCompletionSource();
        rig.Server.Gate = gate.Task;
        rig.Run();
        await rig.Server.NextAsync();

        await rig.StopAsync();

        Assert.False(rig.Tokens.State.HasToken);
        gate.SetResult();
    }

    private static Func<GeminiTime, StoredToken> Stored(TimeSpan newSessionLeft) => time => new StoredToken(
        "auth_tokens/stored", "shared", 10_000, time.GetUtcNow().AddMinutes(-10), time.GetUtcNow() + newSessionLeft, time.GetUtcNow().AddHours(3));
}
