using Matrixd.Calls;
using Matrixd.Tests.Support;
using Xunit;

namespace Matrixd.Tests.Calls;

// S3
public sealed class WarmSessionsTests
{
    private static readonly CallSid s_call = CallSid.Parse("call-1");

    private readonly Shelf _shelf = new();
    private readonly CallsClock _clock = new();

    [Fact]
    public async Task A_token_stands_for_its_call_until_media_flows()
    {
        WarmSessions warm = Warm();
        string token = (await warm.AddAsync(s_call))!;
        Assert.Equal(s_call, warm.Find(token));
        Assert.Equal(s_call, warm.Find(token)); // the carrier's second handshake

        await warm.UseUpAsync(token);
        Assert.Null(warm.Find(token));
        Assert.Empty(_shelf.Rows);
        await warm.UseUpAsync(token);
    }

    [Fact]
    public async Task A_token_expires()
    {
        WarmSessions warm = Warm();
        string token = (await warm.AddAsync(s_call))!;
        _clock.Advance(TimeSpan.FromSeconds(59.9));
        Assert.NotNull(warm.Find(token));
        _clock.Advance(TimeSpan.FromSeconds(0.1));
        Assert.Null(warm.Find(token));
        await warm.AddAsync(s_call);
        Assert.Equal(1, warm.Count); // the old one is swept out
    }

    [Fact]
    public async Task A_token_outlives_a_restart_but_not_its_time()
    {
        string first = (await Warm().AddAsync(s_call))!;
        _clock.Advance(TimeSpan.FromSeconds(40));
        string second = (await Warm().AddAsync(CallSid.Parse("call-2")))!;
        _clock.Advance(TimeSpan.FromSeconds(30));

        WarmSessions restarted = Warm();
        restarted.Restore();
        Assert.Null(restarted.Find(first));
        Assert.Equal("call-2", restarted.Find(second)?.Value);
    }

    [Fact]
    public async Task Tokens_are_short_plain_and_all_different_and_never_kept_as_they_are()
    {
        WarmSessions warm = Warm();
        HashSet<string> tokens = [];
        for (int i = 0; i < 500; i++)
        {
            string token = (await warm.AddAsync(s_call))!;
            Assert.Equal(22, token.Length);
            Assert.True(Sids.IsPlain(token, 22), token);
            Assert.True(tokens.Add(token));
        }

        Assert.DoesNotContain(_shelf.Rows, row => tokens.Contains(row.TokenHash));
    }

    [Theory]
    [InlineData("")]
    [InlineData("x")]
    [InlineData("../../etc/passwd")]
    public async Task What_was_never_handed_out_stands_for_nothing(string token)
    {
        WarmSessions warm = Warm();
        string good = (await warm.AddAsync(s_call))!;
        Assert.Null(warm.Find(token));
        Assert.Null(warm.Find(good[..^1]));
        Assert.Null(warm.Find(good + "A"));
        Assert.Null(warm.Find(_shelf.Rows.Single().TokenHash)); // who reads the store cannot call
    }

    [Fact]
    public async Task There_are_never_more_than_fit()
    {
        WarmSessions warm = Warm();
        for (int i = 0; i < 20_000; i++)
        {
            Assert.NotNull(await warm.AddAsync(s_call));
        }

        Assert.Null(await warm.AddAsync(s_call));
        _clock.Advance(TimeSpan.FromSeconds(61));
        Assert.NotNull(await warm.AddAsync(s_call));
    }

    private WarmSessions Warm() => new(_shelf, _clock, TimeSpan.FromSeconds(60));

    private sealed class Shelf : IWarmSessionStore
    {
        public List<WarmSession> Rows { get; } = [];

        public Task AddAsync(WarmSession session)
        {
            Rows.Add(session);
            return Task.CompletedTask;
        }

        public Task RemoveAsync(string tokenHash)
        {
            Rows.RemoveAll(row => row.TokenHash == tokenHash);
            return Task.CompletedTask;
        }

        public IReadOnlyList<WarmSession> Load(DateTimeOffset now) => [.. Rows.Where(row => row.ExpiresAt > now)];
    }
}
