using Matrixd.Calls;
using Matrixd.Gemini;
using Matrixd.Storage;
using Matrixd.Tests.Support;
using Xunit;
using static Matrixd.Tests.Support.StorageFolder;

namespace Matrixd.Tests.Storage;

public sealed class TokenStoreTests
{
    private const string Secret = "auth_tokens/3f9c-secret";

    [Fact]
    public async Task The_shared_token_survives_a_restart_and_is_replaced_by_the_next()
    {
        using StorageFolder folder = new();
        StoredToken first = Token(folder.Now, Secret);
        StoredToken second = Token(folder.Now.AddHours(1), "auth_tokens/next");
        await using (Database database = folder.Open())
        {
            TokenStore store = new(database);
            Assert.Null(store.LoadShared());
            await store.SaveAsync(first);
            await store.SaveAsync(first with { Kind = "browser", Value = "auth_tokens/browser", Uses = 1 });
            Assert.Equal(first, store.LoadShared());
        }

        await using (Database database = folder.Open())
        {
            TokenStore store = new(database);
            Assert.Equal(first, store.LoadShared());
            await store.SaveAsync(second);
            Assert.Equal(second, store.LoadShared());
        }
    }

    // I5
    [Fact]
    public async Task A_token_shows_its_value_to_nobody()
    {
        using StorageFolder folder = new();
        StorageLog lines = new();
        StoredToken token = Token(folder.Now, Secret);
        await using (Database database = folder.Open(logger: lines))
        {
            TokenStore store = new(database);
            await store.SaveAsync(token);
            await Assert.ThrowsAsync<StorageException>(() => store.SaveAsync(token with { Kind = null! }));
        }

        Assert.NotEmpty(lines.Lines);
        Assert.DoesNotContain(lines.Lines, line => line.Contains("secret", StringComparison.Ordinal));
        Assert.DoesNotContain("secret", token.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Path_tokens_outlive_a_restart_until_they_expire()
    {
        using StorageFolder folder = new();
        WarmSession soon = Warm("aa", "call1", folder.Now.AddSeconds(30));
        WarmSession late = Warm("bb", "call2", folder.Now.AddSeconds(90));
        WarmSession used = Warm("cc", "call3", folder.Now.AddSeconds(90));
        await using (Database database = folder.Open())
        {
            WarmSessionStore store = new(database);
            await Task.WhenAll(store.AddAsync(late), store.AddAsync(soon), store.AddAsync(used));
            await store.RemoveAsync("cc");
            await store.RemoveAsync("never there");
            Assert.Equal([soon, late], store.Load(folder.Now));
            Assert.Equal([late], store.Load(folder.Now.AddSeconds(30)));
        }

        folder.Time.Advance(TimeSpan.FromSeconds(60));
        await using (Database database = folder.Open())
        {
            Assert.Equal([late], new WarmSessionStore(database).Load(folder.Now));
            Assert.Equal(1, database.Read(connection => connection.Sql("SELECT count(*) FROM warm_sessions").Number()));
        }
    }

    private static StoredToken Token(DateTimeOffset at, string value) => new(value, "shared", 10_000, at, at.AddHours(3), at.AddHours(4));

    private static WarmSession Warm(string hash, string call, DateTimeOffset expires) => new(hash, CallSid.Parse(call), expires);
}
