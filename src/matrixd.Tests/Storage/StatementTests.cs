using Matrixd.Storage;
using Matrixd.Tests.Support;
using Microsoft.Data.Sqlite;
using Xunit;

namespace Matrixd.Tests.Storage;

/// <summary>Prepared statements against a real file.</summary>
public sealed class StatementTests : IAsyncLifetime, IDisposable
{
    private const string Add = "INSERT INTO notes (name, number) VALUES ($name, $number)";
    private const string Names = "SELECT name, number FROM notes ORDER BY id";

    private readonly StorageFolder _folder = new();
    private Database _database = null!;

    public async Task InitializeAsync()
    {
        _database = _folder.Open();
        await Write(connection =>
        {
            connection.Execute("CREATE TABLE notes (id INTEGER PRIMARY KEY, name TEXT UNIQUE, number INTEGER CHECK (number <> 13))");
            return 0;
        });
    }

    public async Task DisposeAsync() => await _database.DisposeAsync();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("")]
    [InlineData("नमस्ते 😀")]
    [InlineData("it's \"quoted\"; DROP TABLE notes")]
    [InlineData("a\0b", "a\ufffdb")]
    public async Task A_text_comes_back_as_it_was_and_is_a_text_however_short(string text, string? back = null)
    {
        await Write(connection => connection.Sql(Add).Set("$name", text).Set("$number", long.MinValue).Run());

        Assert.Equal([(back ?? text, long.MinValue)], Rows());
        Assert.Equal(1, Number("SELECT count(*) FROM notes WHERE typeof(name) = 'text' AND typeof(number) = 'integer'"));
    }

    [Fact]
    public async Task Half_a_character_becomes_the_replacement_character()
    {
        await Write(connection => connection.Sql(Add).Set("$name", $"half {(char)0xd83d} of it").Set("$number", 1).Run());

        Assert.Equal([("half \ufffd of it", 1)], Rows());
    }

    [Fact]
    public async Task A_text_of_any_length_is_taken()
    {
        for (int length = 1; length < 300_000; length *= 7)
        {
            await Write(connection => connection.Sql(Add).Set("$name", new string('अ', length)).Set("$number", length).Run());
        }

        Assert.All(Rows(), row => Assert.Equal(new string('अ', (int)row.Number), row.Name));
        Assert.Equal(7, Rows().Count);
    }

    [Fact]
    public async Task It_tells_how_many_rows_it_changed_and_the_first_number()
    {
        Assert.Equal(1, await Write(connection => connection.Sql(Add).Set("$name", "a").Set("$number", 1).Run()));
        Assert.Equal(1, await Write(connection => connection.Sql(Add).Set("$name", "b").Set("$number", 2).Run()));
        Assert.Equal(2, await Write(connection => connection.Sql("UPDATE notes SET number = number + $by").Set("$by", 10).Run()));
        Assert.Equal(0, await Write(connection => connection.Sql("DELETE FROM notes WHERE name = $name").Set("$name", "c").Run()));
        Assert.Equal(22, await Write(connection => (int)connection.Sql("UPDATE notes SET number = number + 10 WHERE name = 'b' RETURNING number").Number()));
        Assert.Equal(0, Number("SELECT number FROM notes WHERE name = 'c'"));
        Assert.Equal(0, Number("SELECT name FROM notes"));
        Assert.Equal([("a", 11), ("b", 22)], Rows());
    }

    [Fact]
    public async Task One_that_failed_says_why_and_serves_again()
    {
        static int Run(StoreConnection connection, string name, long number) => connection.Sql(Add).Set("$name", name).Set("$number", number).Run();

        int code = await Write(connection =>
        {
            Run(connection, "a", 1);
            SqliteException twice = Assert.Throws<SqliteException>(() => Run(connection, "a", 2));
            Assert.Contains("UNIQUE constraint failed: notes.name", twice.Message, StringComparison.Ordinal);
            Assert.Throws<SqliteException>(() => Run(connection, "b", 13));
            Run(connection, "c", 3);
            return twice.SqliteErrorCode;
        });

        Assert.Equal(19, code);
        Assert.Equal([("a", 1), ("c", 3)], Rows());
    }

    [Fact]
    public async Task Rows_that_are_left_early_hold_nothing_back()
    {
        const string Numbers = "SELECT $from UNION SELECT count(*) + 100 FROM notes ORDER BY 1";
        for (int round = 0; round < 3; round++)
        {
            _database.Read(reader =>
            {
                using StatementRows rows = reader.Sql(Numbers).Set("$from", round).Query();
                Assert.True(rows.Read());
                Assert.Equal(round, rows.GetInt32(0));
                return 0;
            });
            await Write(connection => connection.Sql(Add).Set("$name", $"{round}").Set("$number", round).Run());

            // The same connection: while it stood in a row, it would go on to see what was there then.
            Assert.Equal(round + 1, Number("SELECT count(*) FROM notes"));
        }
    }

    [Fact]
    public async Task What_was_not_set_or_is_not_there_is_an_error_and_no_NULL()
    {
        await Write(connection =>
        {
            Assert.Contains("$number", Assert.Throws<InvalidOperationException>(() => connection.Sql(Add).Set("$name", "a").Run()).Message, StringComparison.Ordinal);
            Assert.Contains("$nmae", Assert.Throws<ArgumentException>(() => connection.Sql(Add).Set("$nmae", "a")).Message, StringComparison.Ordinal);
            Assert.Equal(1, Assert.Throws<SqliteException>(() => connection.Sql("SELECT wrong FROM notes")).SqliteErrorCode);
            connection.Execute("INSERT INTO notes (name, number) VALUES (NULL, NULL)");
            using StatementRows rows = connection.Sql(Names).Query();
            Assert.True(rows.Read());
            Assert.True(rows.IsDBNull(0));
            Assert.Throws<InvalidOperationException>(() => rows.GetString(0));
            Assert.Throws<InvalidOperationException>(() => rows.GetInt64(1));
            Assert.False(rows.Read());
            return 0;
        });
    }

    private Task<int> Write(Func<StoreConnection, int> work) => _database.WriteAsync(work);

    private long Number(string text) => _database.Read(reader => reader.Sql(text).Number());

    private List<(string Name, long Number)> Rows() => _database.Read(reader =>
    {
        List<(string, long)> all = [];
        using StatementRows rows = reader.Sql(Names).Query();
        while (rows.Read())
        {
            all.Add((rows.GetString(0), rows.GetInt64(1)));
        }

        return all;
    });
}
