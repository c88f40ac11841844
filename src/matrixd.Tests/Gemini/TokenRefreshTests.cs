using Matrixd.Gemini;
using Matrixd.Tests.Support;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace Matrixd.Tests.Gemini;

// U11, U16
public sealed class TokenRefreshTests
{
    [Theory]
    [InlineData(0.0, 54)]
    [InlineData(0.5, 60)]
    [InlineData(1.0, 66)]
    public async Task The_shared_token_is_refreshed_every_hour_give_or_take_a_tenth(double jitter, int minutes)
    {
        await using GeminiTokenRig rig = await GeminiTokenRig.StartAsync(jitter: jitter);
        rig.Run();
        await rig.Server.NextAsync();

        Assert.Equal(TimeSpan.FromMinutes(minutes), await rig.UntilMintAsync());
    }

    [Fact]
    public async Task A_stored_token_is_refreshed_an_hour_after_its_mint()
    {
        await using GeminiTokenRig rig = await GeminiTokenRig.StartAsync(time => new StoredToken(
            "auth_tokens/stored", "shared", 10_000, time.GetUtcNow().AddMinutes(-25), time.GetUtcNow().AddHours(2), time.GetUtcNow().AddHours(3)));
        rig.Run();

        Assert.Equal(TimeSpan.FromMinutes(35), await rig.UntilMintAsync());
    }

    [Fact]
    public async Task A_refresh_that_fails_keeps_the_old_token_and_is_tried_again()
    {
        await using GeminiTokenRig rig = await GeminiTokenRig.StartAsync(jitter: 1);
        rig.Run();
        await rig.Server.NextAsync();
        for (int i = 0; i < 9; i++)
        {
            rig.Server.Then(503, """{"error":{"code":503,"message":"The service is currently unavailable.","status":"UNAVAILABLE"}}""");
        }

        await rig.UntilMintAsync();
        double[] waits = new double[9];
        for (int i = 0; i < waits.Length; i++)
        {
            waits[i] = (await rig.UntilMintAsync()).TotalSeconds;
            Assert.Equal("auth_tokens/1", (await rig.TakeAsync()).Value);
        }

        await rig.AsleepAsync();
        Assert.Equal([0.5, 1, 2, 4, 8, 16, 32, 60, 60], waits);
        Assert.Equal("auth_tokens/2", (await rig.TakeAsync()).Value);
        Assert.Equal(0, rig.Tokens.State.ConsecutiveFailures);
        Assert.Equal(9, rig.Tokens.State.Failed);
    }

    [Fact]
    public async Task A_failure_is_visible()
    {
        await using GeminiTokenRig rig = await GeminiTokenRig.StartAsync();
        rig.Server.Then(503, """{"error":{"code":503,"message":"The service is currently unavailable.","status":"UNAVAILABLE"}}""");
        rig.Run();

        await rig.AsleepAsync();

        TokenServiceState state = rig.Tokens.State;
        Assert.False(state.HasToken);
        Assert.Equal(1, state.ConsecutiveFailures);
        Assert.Equal($"no token: {rig.Server.Url.Authority} answered HTTP 503: The service is currently unavailable.", state.LastError);
        Assert.Contains("Warning 1252", rig.Log.All);
    }

    [Theory]
    [InlineData("30", 30)]
    [InlineData("86400", 600)] // a day is not believed
    [InlineData("Sun, 22 Nov 2026 09:00:40 GMT", 40)]
    public async Task Retry_After_is_honoured(string header, int seconds)
    {
        await using GeminiTokenRig rig = await GeminiTokenRig.StartAsync(jitter: 1);
        rig.Server.Then(429, "", ("Retry-After", header));
        rig.Run();
        await rig.Server.NextAsync();

        Assert.Equal(TimeSpan.FromSeconds(seconds + 0.5), await rig.UntilMintAsync());
    }

    [Fact]
    public async Task A_caller_waits_out_a_short_back_off()
    {
        await using GeminiTokenRig rig = await GeminiTokenRig.StartAsync(jitter: 1);
        rig.Server.Then(500);

        Task<StoredToken> caller = rig.Tokens.GetAsync(CancellationToken.None).AsTask();
        await rig.Server.NextAsync();
        Assert.Equal(TimeSpan.FromSeconds(0.5), await rig.AsleepAsync());
        rig.Time.Advance(TimeSpan.FromSeconds(0.5));

        Assert.Equal("auth_tokens/1", (await caller.WaitAsync(TimeSpan.FromSeconds(30))).Value);
    }

    [Fact]
    public async Task A_caller_does_not_wait_for_what_comes_too_late_for_the_call()
    {
        await using GeminiTokenRig rig = await GeminiTokenRig.StartAsync();
        rig.Server.Then(429, "", ("Retry-After", "30"));

        TokenException e = await Assert.ThrowsAsync<TokenException>(rig.TakeAsync);

        Assert.Equal(429, e.Status);
        Assert.Contains("HTTP 429; next try in 30", e.Message);
        Assert.Equal(1, rig.Server.Count);
    }

    [Fact]
    public async Task A_bad_key_is_told_at_once_and_does_not_make_every_call_ask()
    {
        await using GeminiTokenRig rig = await GeminiTokenRig.StartAsync();
        rig.Server.Then(400, """{"error":{"code":400,"message":"API key not valid. Please pass a valid API key.","status":"INVALID_ARGUMENT"}}""");

        TokenException first = await Assert.ThrowsAsync<TokenException>(rig.TakeAsync);
        TokenException second = await Assert.ThrowsAsync<TokenException>(rig.TakeAsync);

        Assert.True(first.IsPermanent);
        Assert.Contains("API key not valid", first.Message);
        Assert.Contains("API key not valid", second.Message);
        Assert.Equal(1, rig.Server.Count);
    }

    [Fact]
    public async Task An_answer_that_does_not_come_is_given_up_after_ten_seconds()
    {
        await using GeminiTokenRig rig = await GeminiTokenRig.StartAsync();
        var never = new TaskCompletionSource();
        rig.Server.Gate = never.Task;
        rig.Run();
        await rig.Server.NextAsync();

        rig.Time.Advance(GeminiHttp.Timeout);
        await rig.AsleepAsync();

        Assert.Contains("no answer within 10 s", rig.Tokens.State.LastError);
        never.SetResult();
    }

    [Theory]
    [InlineData("")]
    [InlineData("hello")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("{\"name\":7}")]
    [InlineData("{\"name\":\"\\ud800\"}")]
    [InlineData("{\"name\":\"auth_tokens/a b\"}")]
    [InlineData("{\"name\":\"auth_tokens/a&key=b\"}")]
    [InlineData("{\"name\":\"models/a\"}")]
    [InlineData("{\"name\":\"auth_tokens/a\",\"newSessionExpireTime\":\"2026-11-22T08:59:00Z\"}")]
    [InlineData("{\"name\":\"auth_tokens/a\",\"expireTime\":\"2026-11-22T09:00:30Z\"}")]
    public async Task Garbage_is_no_token(string body)
    {
        await using GeminiTokenRig rig = await GeminiTokenRig.StartAsync();
        rig.Server.Then(200, body);

        Task<StoredToken> caller = rig.TakeAsync();
        await rig.AsleepAsync();

        Assert.False(rig.Tokens.State.HasToken);
        Assert.StartsWith("no token: ", rig.Tokens.State.LastError);
        rig.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("auth_tokens/1", (await caller).Value);
    }

    [Fact]
    public async Task An_endless_answer_is_not_read_to_its_end()
    {
        await using GeminiTokenRig rig = await GeminiTokenRig.StartAsync();
        rig.Server.Then(async http =>
        {
            byte[] page = new byte[64 * 1024];
            for (int i = 0; i < 64 && !http.RequestAborted.IsCancellationRequested; i++)
            {
                await http.Response.Body.WriteAsync(page);
            }
        });
        rig.Run();

        await rig.AsleepAsync();

        Assert.Contains("larger than 65536 bytes", rig.Tokens.State.LastError);
    }

    [Fact]
    public async Task A_redirect_does_not_take_the_key_elsewhere()
    {
        await using AgentsLoopbackServer elsewhere = await AgentsLoopbackServer.StartAsync((_, http) => http.Response.WriteAsync("{}"));
        await using GeminiTokenRig rig = await GeminiTokenRig.StartAsync();
        rig.Server.Then(307, "", ("Location", new Uri(elsewhere.Url, "/take").ToString()));
        rig.Run();

        await rig.AsleepAsync();

        Assert.Contains("HTTP 307", rig.Tokens.State.LastError);
        Assert.Equal(0, elsewhere.Count);
    }

    [Fact]
    public async Task The_token_is_replaced_before_its_uses_run_out()
    {
        await using GeminiTokenRig rig = await GeminiTokenRig.StartAsync(configure: o => o with { SharedTokenUses = 10 });
        rig.Run();
        await rig.Server.NextAsync();
        await rig.AsleepAsync();
        for (int i = 0; i < 8; i++)
        {
            Assert.Equal("auth_tokens/1", (await rig.TakeAsync()).Value);
        }

        Assert.Equal(1, rig.Server.Count);
        Assert.Equal("auth_tokens/1", (await rig.TakeAsync()).Value); // the ninth of ten

        await rig.Server.NextAsync();
        await rig.AsleepAsync();
        Assert.Equal("auth_tokens/2", (await rig.TakeAsync()).Value);
    }

    [Fact]
    public async Task A_token_without_uses_left_is_not_given()
    {
        await using GeminiTokenRig rig = await GeminiTokenRig.StartAsync(configure: o => o with { SharedTokenUses = 2 });

        string[] got = [(await rig.TakeAsync()).Value, (await rig.TakeAsync()).Value, (await rig.TakeAsync()).Value];

        Assert.Equal(["auth_tokens/1", "auth_tokens/1", "auth_tokens/2"], got);
    }

    [Fact]
    public async Task A_refused_token_is_minted_once_more_however_many_calls_it_hit()
    {
        await using GeminiTokenRig rig = await GeminiTokenRig.StartAsync();
        StoredToken bad = await rig.TakeAsync();

        bool[] again = [rig.Tokens.Invalidate(bad, "1011 Token has been used too many times"), rig.Tokens.Invalidate(bad, "1011")];
        Task<StoredToken>[] calls = [.. Enumerable.Range(0, 20).Select(_ => rig.TakeAsync())];
        StoredToken[] got = await Task.WhenAll(calls);
        bool late = rig.Tokens.Invalidate(bad, "1011");

        Assert.Equal([true, true], again);
        Assert.True(late); // a newer one is there
        Assert.All(got, token => Assert.Equal("auth_tokens/2", token.Value));
        Assert.Equal("auth_tokens/2", (await rig.TakeAsync()).Value);
        Assert.Equal(2, rig.Server.Count);
    }

    [Fact]
    public async Task A_replacement_that_is_refused_too_says_that_the_token_is_not_at_fault()
    {
        await using GeminiTokenRig rig = await GeminiTokenRig.StartAsync();
        rig.Tokens.Invalidate(await rig.TakeAsync(), "1007 bad token");
        StoredToken second = await rig.TakeAsync();

        bool soon = rig.Tokens.Invalidate(second, "1007 bad token");
        rig.Time.Advance(TimeSpan.FromSeconds(61));
        bool later = rig.Tokens.Invalidate(second, "1007 bad token");

        Assert.False(soon);
        Assert.True(later);
    }

    [Fact]
    public async Task A_server_that_grants_little_is_not_asked_without_pause()
    {
        await using GeminiTokenRig rig = await GeminiTokenRig.StartAsync();
        rig.Server.Then(200, """{"name":"auth_tokens/short","newSessionExpireTime":"2026-11-22T09:01:30Z"}""");
        rig.Run();
        await rig.Server.NextAsync();

        Assert.Equal(TimeSpan.FromSeconds(60), await rig.UntilMintAsync());
    }
}
