using System.Globalization;
using Matrixd.Storage;
using Matrixd.Tests.Support;
using Microsoft.Data.Sqlite;
using Xunit;
using static Matrixd.Tests.Support.StorageFolder;

namespace Matrixd.Tests.Storage;

public sealed class StoreFileTests
{
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    // C14
    [Fact]
    public async Task A_second_instance_is_refused_and_told_who_holds_the_store()
    {
        using StorageFolder folder = new();
        await using (Database database = folder.Open())
        {
            string message = Refusal(folder);
            Assert.Contains($"process {Environment.ProcessId}", message, StringComparison.Ordinal);
            await database.WriteAsync(_ => 0);
        }

        await using Database next = folder.Open();
    }

    [Fact]
    public async Task Files_are_private_whatever_the_mode_they_had()
    {
        using StorageFolder folder = new();
        string deep = Path.Combine(folder.Root, "state", "matrixd", "m.db");
        await using (Database database = Open(deep))
        {
            await database.WriteAsync(_ => 0);
            string[] files = Directory.GetFiles(Path.GetDirectoryName(deep)!);
            Assert.Equal(["m.db", "m.db-shm", "m.db-wal", "m.db.lock", "m.db.reserve"], files.Select(file => Path.GetFileName(file)!).Order(StringComparer.Ordinal));
            Assert.All(files, file => Assert.Equal(Private, File.GetUnixFileMode(file)));
        }

        Assert.Equal(Private | UnixFileMode.UserExecute, File.GetUnixFileMode(Path.GetDirectoryName(deep)!));
        File.SetUnixFileMode(deep, Private | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
        await using (Database database = Open(deep))
        {
            Assert.Equal(Private, File.GetUnixFileMode(deep));
        }
    }

    // T9
    [Theory]
    [InlineData("", "0 bytes")]
    [InlineData("not a database, and rather short", "not a database")]
    public void A_file_that_is_no_database_is_refused_and_left_alone(string content, string says)
    {
        using StorageFolder folder = new();
        File.WriteAllText(folder.DatabasePath, content);

        Assert.Contains(says, Refusal(folder), StringComparison.Ordinal);

        Assert.Equal(content, File.ReadAllText(folder.DatabasePath));
    }

    // T9
    [Fact]
    public void A_long_file_of_garbage_is_refused()
    {
        using StorageFolder folder = new();
        byte[] garbage = new byte[100_000];
        new Random(1).NextBytes(garbage);
        File.WriteAllBytes(folder.DatabasePath, garbage);

        Assert.Contains("not a database", Refusal(folder), StringComparison.Ordinal);
    }

    // T9
    [Fact]
    public void A_database_of_another_program_is_refused()
    {
        using StorageFolder folder = new();
        using (SqliteConnection other = new($"Data Source={folder.DatabasePath};Pooling=False"))
        {
            other.Open();
            using SqliteCommand command = other.CreateCommand();
            command.CommandText = "CREATE TABLE places (url TEXT)";
            command.ExecuteNonQuery();
        }

        Assert.Contains("another program", Refusal(folder), StringComparison.Ordinal);
    }

    // T9
    [Fact]
    public async Task A_schema_from_the_future_is_refused()
    {
        using StorageFolder folder = new();
        await using (Database database = folder.Open())
        {
            await database.WriteAsync(connection => connection.Sql("PRAGMA user_version = 7").Run());
        }

        string message = Refusal(folder);

        Assert.Contains("version 7", message, StringComparison.Ordinal);
        Assert.Contains(string.Create(CultureInfo.InvariantCulture, $"up to {Migrator.Newest(Schema.Migrations)}"), message, StringComparison.Ordinal);
    }

    // T9
    [Fact]
    public async Task The_log_of_another_store_is_refused_and_both_files_stay_as_they_are()
    {
        using StorageFolder mine = new();
        using StorageFolder other = new();
        await Fill(mine, 30);
        await using Database foreign = other.Open();
        await foreign.WriteAsync(connection => connection.Sql("SELECT 1").Number());
        Shell("cp", other.LogPath, mine.LogPath);
        byte[] file = File.ReadAllBytes(mine.DatabasePath);
        byte[] log = File.ReadAllBytes(mine.LogPath);

        Assert.Contains("log of another database", Refusal(mine), StringComparison.Ordinal);
        Assert.Equal(file, File.ReadAllBytes(mine.DatabasePath));
        Assert.Equal(log, File.ReadAllBytes(mine.LogPath));

        // The advice given works.
        File.Delete(mine.LogPath);
        await using Database healed = mine.Open();
        Assert.Equal(30, healed.Read(connection => connection.Sql("SELECT count(*) FROM sessions").Number()));
    }

    // T9
    [Fact]
    public async Task The_log_of_another_store_is_known_after_a_checkpoint_too()
    {
        using StorageFolder mine = new();
        using StorageFolder other = new();
        await Fill(mine, 3);
        await using Database foreign = other.Open();
        await foreign.WriteAsync(_ => 0);
        await Checkpoint(foreign);
        await foreign.WriteAsync(_ => 0);
        Shell("cp", other.LogPath, mine.LogPath);

        Assert.Contains("log of another database", Refusal(mine), StringComparison.Ordinal);
    }

    // T9
    [Fact]
    public async Task An_older_log_of_the_same_store_is_refused()
    {
        using StorageFolder mine = new();
        await Fill(mine, 3);
        using StorageFolder past = await CrashAfter(mine, 3, 6);
        await Fill(mine, 3, from: 100);
        Shell("cp", past.LogPath, mine.LogPath);

        Assert.Contains("outdated write-ahead log", Refusal(mine), StringComparison.Ordinal);
    }

    // T9
    [Fact]
    public async Task A_backup_put_back_under_the_log_of_its_successor_is_refused()
    {
        using StorageFolder folder = new();
        await Fill(folder, 3);
        Shell("cp", folder.DatabasePath, folder.DatabasePath + ".backup");
        await Fill(folder, 3, from: 10);
        using StorageFolder crashed = await CrashAfter(folder, 20, 23);
        Shell("cp", folder.DatabasePath + ".backup", crashed.DatabasePath);
        Shell("cp", folder.DatabasePath + ".lock", crashed.DatabasePath + ".lock");

        Assert.Contains("older than the write-ahead log", Refusal(crashed), StringComparison.Ordinal);

        // The advice given works.
        File.Delete(crashed.LogPath);
        await using Database healed = crashed.Open();
        Assert.Equal(3, healed.Read(connection => connection.Sql("SELECT count(*) FROM sessions").Number()));
    }

    // T9
    [Fact]
    public async Task A_store_that_went_away_is_missed()
    {
        using StorageFolder folder = new();
        await Fill(folder, 1);
        File.Delete(folder.DatabasePath);

        Assert.Contains("is missing, yet it was here", Refusal(folder), StringComparison.Ordinal);
        Assert.Contains("is missing, yet it was here", Refusal(folder), StringComparison.Ordinal);

        // The advice given works.
        File.Delete(folder.DatabasePath + ".lock");
        await Fill(folder, 1);
    }

    // T9
    [Fact]
    public async Task A_log_without_its_database_is_refused()
    {
        using StorageFolder folder = new();
        using StorageFolder crashed = await CrashAfter(folder, 0, 3);
        File.Delete(crashed.DatabasePath);

        Assert.Contains("is missing", Refusal(crashed), StringComparison.Ordinal);
        Assert.False(File.Exists(crashed.DatabasePath));
    }

    // T9
    [Fact]
    public void A_directory_that_takes_no_files_is_named()
    {
        // Root writes through a mode of 0555, but nobody makes a file in /proc.
        string path = Environment.IsPrivilegedProcess ? "/proc/matrixd.db" : Path.Combine(ReadOnlyDirectory(), "matrixd.db");

        StorageException refused = Assert.Throws<StorageException>(() => Open(path));

        Assert.Contains(path + ".lock", refused.Message, StringComparison.Ordinal);
        Assert.Contains("writable", refused.Message, StringComparison.Ordinal);
    }

    // T9
    [Fact]
    public async Task A_file_of_another_user_is_refused()
    {
        using StorageFolder folder = new();
        if (Environment.IsPrivilegedProcess)
        {
            await Fill(folder, 1);
            Shell("chown", "12345", folder.DatabasePath);
        }
        else
        {
            File.CreateSymbolicLink(folder.DatabasePath, "/etc/hostname");
        }

        Assert.Contains("belongs to user id", Refusal(folder), StringComparison.Ordinal);
    }

    // T9
    [Fact]
    public void A_directory_in_the_place_of_the_file_is_refused()
    {
        using StorageFolder folder = new();
        Directory.CreateDirectory(folder.DatabasePath);

        Assert.Contains("is a directory", Refusal(folder), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_path_with_odd_characters_works()
    {
        using StorageFolder folder = new();
        string path = Path.Combine(folder.Root, "a b?c#d%e;f=g'h", "m.db");
        await using (Database database = Open(path))
        {
            await database.WriteAsync(_ => 0);
        }

        await using Database again = Open(path);
        Assert.True(File.Exists(path));
    }

    private static string ReadOnlyDirectory()
    {
        string directory = Directory.CreateTempSubdirectory("matrixd-readonly-").FullName;
        File.SetUnixFileMode(directory, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        return directory;
    }

    private static Database Open(string path) => Database.Open(path, TimeProvider.System, new StorageLog(), Tuning);

    private static string Refusal(StorageFolder folder)
    {
        string message = Assert.Throws<StorageException>(() => folder.Open()).Message;
        Assert.DoesNotContain('\n', message);
        Assert.Contains(folder.DatabasePath, message, StringComparison.Ordinal);
        return message;
    }

    private static async Task Fill(StorageFolder folder, int calls, int from = 0)
    {
        await using Database database = folder.Open();
        await Add(folder, database, from, from + calls);
    }

    private static async Task Add(StorageFolder folder, Database database, int from, int to)
    {
        SessionStore store = new(database);
        for (int i = from; i < to; i++)
        {
            await store.AdoptAsync(Opening($"call{i}", $"stream{i}", folder.Now));
        }
    }

    private static async Task<StorageFolder> CrashAfter(StorageFolder folder, int from, int to)
    {
        await using Database database = folder.Open();
        await Add(folder, database, from, to);
        return folder.CrashCopy();
    }

    // On the writer thread, between two transactions of its own.
    private static async Task Checkpoint(Database database) =>
        await database.WriteAsync(connection =>
        {
            connection.Execute("RELEASE item; COMMIT; PRAGMA wal_checkpoint(TRUNCATE); BEGIN IMMEDIATE; UPDATE store_meta SET commits = commits + 1; SAVEPOINT item");
            return 0;
        });
}
