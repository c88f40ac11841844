using System.Text.RegularExpressions;
using Xunit;

namespace Matrixd.Tests.Conventions;

public sealed partial class SourceTests
{
    private static readonly Dictionary<string, (int From, int To)> s_eventIds = new()
    {
        ["Calls"] = (1000, 1099),
        ["Exotel"] = (1100, 1199),
        ["Gemini"] = (1200, 1299),
        ["Transport"] = (1300, 1399),
        ["Agents"] = (1400, 1499),
        ["Storage"] = (1500, 1599),
        ["Server"] = (1600, 1699),
        ["Hosting"] = (1700, 1799),
        ["Config"] = (1800, 1899),
        ["Simulation"] = (1900, 1999),
        ["Diagnostics"] = (2000, 2099),
        ["Campaigns"] = (2100, 2199),
    };

    [Fact]
    public void Event_ids_are_unique_and_of_their_room()
    {
        Dictionary<int, string> seen = [];
        foreach ((string path, string text) in SourceTree.Files(SourceTree.Product))
        {
            foreach (Match match in EventId().Matches(text))
            {
                int id = int.Parse(match.Groups["id"].Value);
                Assert.True(seen.TryAdd(id, path), $"event id {id} stands in {path} and in {seen.GetValueOrDefault(id)}");
                (int from, int to) = s_eventIds[path.Split('/')[2]];
                Assert.True(id >= from && id <= to, $"{path}: event id {id} is not of {from} to {to}");
            }
        }

        Assert.NotEmpty(seen);
    }

    [Fact]
    public void No_file_is_longer_than_three_hundred_lines()
    {
        string[] long_ = [.. SourceTree.Files(Path.Combine(SourceTree.Root, "src"))
            .Select(file => (file.Path, Lines: file.Text.AsSpan().Count('\n')))
            .Where(file => file.Lines > 300)
            .Select(file => $"{file.Path}: {file.Lines} lines")];
        Assert.Empty(long_);
    }

    [Theory]
    [InlineData("GetFunctionPointerForDelegate", "", "the native binary has no code to make at run time")]
    [InlineData("System.Reflection.Emit", "", "the native binary has no code to make at run time")]
    [InlineData("Thread.Sleep(", "Storage/WriteQueue.cs", "nothing sleeps: what waits waits for something")] // but the writer's own thread, for a disk
    [InlineData("ConfigureAwait(false)", "", "an application has no context")]
    [InlineData("DateTime.Now", "Transport/ServerCertificateCheck.cs", "time comes from a TimeProvider")] // certificates are judged by the machine's clock
    [InlineData("DateTime.UtcNow", "", "time comes from a TimeProvider")]
    [InlineData("DateTimeOffset.UtcNow", "Simulation/", "time comes from a TimeProvider")] // a simulated certificate is checked against the machine's clock
    [InlineData("Stopwatch.", "Hosting/Demo/", "time comes from a TimeProvider")] // how long a person waited
    [InlineData("async void", "", "a fault in it takes the process")]
    [InlineData("TODO", "", "what is not done is not shipped")]
    [InlineData("FIXME", "", "what is not done is not shipped")]
    [InlineData("NotImplementedException", "", "what is not done is not shipped")]
    public void Some_things_are_not_done_here(string text, string butIn, string why)
    {
        foreach ((string path, string source) in SourceTree.Files(SourceTree.Product).Where(file => butIn.Length == 0 || !file.Path.Contains(butIn, StringComparison.Ordinal)))
        {
            Assert.False(source.Contains(text, StringComparison.Ordinal), $"{path}: {text}: {why}");
        }
    }

    [Fact]
    public void Whoever_catches_everything_says_why()
    {
        foreach ((string path, string source) in SourceTree.Files(SourceTree.Product))
        {
            string[] lines = source.Split('\n');
            for (int i = 1; i < lines.Length; i++)
            {
                if (CatchAll().IsMatch(lines[i]))
                {
                    Assert.True(lines[i - 1].Contains("CA1031", StringComparison.Ordinal) || lines[i + 1].Contains("//", StringComparison.Ordinal) || lines[i + 2].Contains("//", StringComparison.Ordinal),
                        $"{path}:{i + 1} catches everything without a reason");
                }
            }
        }
    }

    [GeneratedRegex(@"\[LoggerMessage\(\s*(?:EventId\s*=\s*)?(?<id>\d+)")]
    private static partial Regex EventId();

    [GeneratedRegex(@"^\s*catch \(Exception(?: \w+)?\)\s*$")]
    private static partial Regex CatchAll();
}
