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
}
