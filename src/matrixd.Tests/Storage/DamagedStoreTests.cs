using Matrixd.Calls;
using Matrixd.Storage;
using Matrixd.Tests.Support;
using Xunit;
using static Matrixd.Tests.Support.StorageFolder;

namespace Matrixd.Tests.Storage;

/// <summary>T9: a damaged file is refused, or opens with every row; it never opens with fewer.</summary>
public sealed class DamagedStoreTests
{
    private const int Calls = 150;
    private const int Variants = 200;
    private const int PageBytes = 4096;

    [Fact]
    public async Task Two_hundred_kinds_of_damage_are_refused_or_lose_nothing()
    {
        using StorageFolder whole = new();
        await Fill(whole);
        byte[] file = File.ReadAllBytes(whole.DatabasePath);
        Random random = new(20261122);
        int refused = 0;
        for (int i = 0; i < Variants; i++)
        {
            using StorageFolder folder = new();
            File.WriteAllBytes(folder.DatabasePath, Damage(file, i, random, out string how));
            refused += await Refuses(folder, how) ? 1 : 0;
        }

        // Damage to a free page harms nobody; everything else has to be seen.
        Assert.InRange(refused, Variants * 9 / 10, Variants);
    }

    [Fact]
    public async Task A_large_file_is_checked_after_an_unclean_exit_only()
    {
        using StorageFolder whole = new();
        await Fill(whole);
        byte[] file = File.ReadAllBytes(whole.DatabasePath);
        int page = (file.Length / PageBytes) - 1;
        Array.Fill(file, (byte)0xA5, page * PageBytes, PageBytes);
        using StorageFolder clean = new();
        File.WriteAllBytes(clean.DatabasePath, file);
        StoreTuning large = Tuning with { AlwaysCheckBytes = 0 };
        using StorageFolder crashed = new();
        await using (Database database = clean.Open(large))
        {
            await database.WriteAsync(_ => 0);
            Shell("cp", clean.DatabasePath, crashed.DatabasePath);
            Shell("cp", clean.LogPath, crashed.LogPath);
        }

        Assert.Contains("damaged", Assert.Throws<StorageException>(() => crashed.Open(large)).Message, StringComparison.Ordinal);
    }

    private static byte[] Damage(byte[] file, int variant, Random random, out string how)
    {
        byte[] damaged = [.. file];
        int page = random.Next(file.Length / PageBytes);
        Span<byte> target = damaged.AsSpan(page * PageBytes, PageBytes);
        switch (variant % 5)
        {
            case 0:
                how = $"random page {page}";
                random.NextBytes(target);
                return damaged;
            case 1:
                how = $"zeroed page {page}";
                target.Clear();
                return damaged;
            case 2:
                int length = random.Next(1, file.Length);
                how = $"truncated to {length}";
                return damaged[..length];
            case 3:
                how = "garbage header";
                random.NextBytes(damaged.AsSpan(0, 100));
                return damaged;
            default:
                int other = (page + 1 + random.Next((file.Length / PageBytes) - 1)) % (file.Length / PageBytes);
                how = $"page {other} over page {page}";
                file.AsSpan(other * PageBytes, PageBytes).CopyTo(target);
                return damaged;
        }
    }

    private static async Task<bool> Refuses(StorageFolder folder, string how)
    {
        Database database;
        try
        {
            database = folder.Open();
        }
        catch (StorageException e)
        {
            Assert.DoesNotContain('\n', e.Message);
            Assert.Contains(folder.DatabasePath, e.Message, StringComparison.Ordinal);
            return true;
        }

        await using (database)
        {
            IReadOnlyList<Session> sessions = await new SessionStore(database).ListAsync(new SessionFilter(Limit: 1000));
            Assert.True(sessions.Count == Calls, $"{how}: {sessions.Count} rows");
            CallLog log = new(database);
            for (int i = 0; i < Calls; i++)
            {
                Assert.True((await log.TurnsAsync(CallSid.Parse($"call{i}"))).Count == 4, $"{how}: turns of call{i}");
            }
        }

        return false;
    }

    private static async Task Fill(StorageFolder folder)
    {
        await using Database database = folder.Open();
        SessionStore store = new(database);
        CallLog log = new(database);
        await Task.WhenAll(Enumerable.Range(0, Calls).Select(i => store.AdoptAsync(Opening($"call{i}", $"stream{i}", folder.Now))));
        for (int i = 0; i < Calls; i++)
        {
            for (int turn = 1; turn <= 4; turn++)
            {
                log.Turn(Turn($"call{i}", $"stream{i}", turn, new string('x', 300)));
            }
        }

        await Task.WhenAll(Enumerable.Range(0, Calls).Select(i => store.EndAsync(Ending($"call{i}", $"stream{i}", folder.Now))));
    }
}
