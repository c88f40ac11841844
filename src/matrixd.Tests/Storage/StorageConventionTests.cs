using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Xunit;

namespace Matrixd.Tests.Storage;

/// <summary>What the sources must keep to.</summary>
public sealed partial class StorageConventionTests
{
    [Fact]
    public void Sql_stands_in_the_storage_room_alone()
    {
        string[] strangers = [.. Sources().Where(source => !InStorage(source.Path) && (SqlText().IsMatch(source.Text) || source.Text.Contains("using Microsoft.Data.Sqlite", StringComparison.Ordinal))).Select(source => source.Path)];
        Assert.Empty(strangers);
    }

    // T8
    [Fact]
    public void Every_transaction_begins_immediate()
    {
        string[] begins = [.. Sources().SelectMany(source => BeginText().Matches(source.Text).Select(match => match.Value))];
        Assert.NotEmpty(begins);
        Assert.All(begins, begin => Assert.Equal("\"BEGIN IMMEDIATE", begin));
        Assert.DoesNotContain(Sources(), source => source.Text.Contains("BeginTransaction", StringComparison.Ordinal));
    }

    // F1
    [Fact]
    public void Connections_are_made_in_one_place_and_the_writing_one_by_the_database()
    {
        Assert.Equal(["SqliteConnection connection = new("], Sources().SelectMany(source => MadeConnection().Matches(source.Text)).Select(match => match.Value));
        Assert.Equal(["Database.cs"], FilesWith("StoreConnection.OpenWriter("));
        Assert.Equal(["Database.cs"], FilesWith("wal_checkpoint"));
    }

    private static string[] FilesWith(string text) =>
        [.. Sources().Where(source => source.Text.Contains(text, StringComparison.Ordinal)).Select(source => Path.GetFileName(source.Path))];

    private static bool InStorage(string path) => Path.GetFileName(Path.GetDirectoryName(path)) == "Storage";

    private static IEnumerable<(string Path, string Text)> Sources([CallerFilePath] string here = "")
    {
        string product = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", "..", "matrixd"));
        return Directory.EnumerateFiles(product, "*.cs", SearchOption.AllDirectories)
            .Where(path => !path.Contains("/obj/", StringComparison.Ordinal) && !path.Contains("/bin/", StringComparison.Ordinal))
            .Select(path => (path, File.ReadAllText(path)));
    }

    [GeneratedRegex(@"\b(SELECT\s.+\sFROM|INSERT\s+INTO|UPDATE\s\S+\sSET|DELETE\s+FROM|CREATE\s+TABLE|PRAGMA\s+\w+)\b", RegexOptions.Singleline)]
    private static partial Regex SqlText();

    [GeneratedRegex("\"BEGIN( \\w+)?")]
    private static partial Regex BeginText();

    [GeneratedRegex(@"SqliteConnection \w+ = new\(")]
    private static partial Regex MadeConnection();
}
