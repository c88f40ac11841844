using System.Text.RegularExpressions;
using Xunit;

namespace Matrixd.Tests.Conventions;

/// <summary>Rooms are folders under <c>src/matrixd</c>, one namespace each, and the arrows between them point one way.</summary>
public sealed partial class RoomTests
{
    // Room → rooms it may know. Timing, Memory and Audio are for all; Hosting builds the house and knows it.
    private static readonly Dictionary<string, string[]> s_mayKnow = new()
    {
        ["Timing"] = [],
        ["Memory"] = [],
        ["Calls"] = [],
        ["Transport"] = [],
        ["Models"] = [], // facts alone: for whoever speaks to the service, and whoever plays it
        ["Exotel"] = ["Calls", "Transport"],
        ["Gemini"] = ["Calls", "Models", "Transport"],
        ["Agents"] = ["Calls"],
        ["Campaigns"] = ["Calls", "Exotel"],
        ["Storage"] = ["Calls", "Gemini", "Agents", "Campaigns"],
        ["Server"] = ["Calls", "Exotel", "Gemini", "Agents", "Campaigns", "Transport", "Web"], // Transport: it accepts the sockets
        ["Config"] = ["Calls", "Exotel", "Gemini", "Agents", "Campaigns", "Server", "Storage"], // their options
        ["Diagnostics"] = ["Calls", "Exotel", "Gemini", "Agents", "Campaigns", "Server", "Storage", "Transport", "Config", "Models"],
        ["Simulation"] = ["Models", "Transport"],
        ["Benchmarks"] = ["Config", "Simulation", "Transport"], // Config: for the machine's name and the file it reads
        ["Web"] = [],
    };

    [Fact]
    public void The_arrows_between_rooms_point_as_drawn()
    {
        List<string> wrong = [];
        foreach ((string path, string text) in SourceTree.Files(SourceTree.Product))
        {
            string room = RoomOf(path);
            if (room is "Hosting" or "")
            {
                continue;
            }

            Assert.True(s_mayKnow.ContainsKey(room), $"{path}: {room} is a room that nobody has drawn: say here whom it may know");
            foreach (Match match in Mention().Matches(text))
            {
                string other = match.Groups["room"].Value;
                bool allowed = other == room || other is "Timing" or "Memory" or "Audio" || s_mayKnow[room].Contains(other)
                    || (room == "Simulation" && other == "Hosting" && path.Contains("/Demo", StringComparison.Ordinal)); // the demo runs a house
                if (!allowed)
                {
                    wrong.Add($"{path}: {room} knows {other}");
                }
            }
        }

        Assert.Empty(wrong.Distinct());
    }

    [Fact]
    public void A_file_of_a_room_is_in_the_rooms_namespace()
    {
        foreach ((string path, string text) in SourceTree.Files(SourceTree.Product))
        {
            if (RoomOf(path) is { Length: > 0 } room)
            {
                Match declared = Namespace().Match(text);
                Assert.True(declared.Success && declared.Groups["name"].Value.StartsWith($"Matrixd.{room}", StringComparison.Ordinal), $"{path}: {declared.Value}");
            }
        }
    }

    [Fact]
    public void SQL_stands_in_Storage_alone()
    {
        foreach ((string path, string text) in SourceTree.Files(SourceTree.Product).Where(file => RoomOf(file.Path) != "Storage"))
        {
            Assert.False(text.Contains("Microsoft.Data.Sqlite", StringComparison.Ordinal) || Sql().IsMatch(text), $"{path} speaks SQL");
        }
    }

    [Fact]
    public void Audio_knows_nothing_of_the_daemon()
    {
        foreach ((string path, string text) in SourceTree.Files(Path.Combine(SourceTree.Root, "src", "matrixd.Audio")))
        {
            Assert.DoesNotContain(Using().Matches(text), match => !IsBaseLibrary(match.Groups["name"].Value));
            Assert.False(text.Contains("async ", StringComparison.Ordinal), $"{path} waits");
        }
    }

    // Handles of files keep the namespace of old, and are of the base library all the same.
    private static bool IsBaseLibrary(string name) => name.StartsWith("System", StringComparison.Ordinal) || name == "Microsoft.Win32.SafeHandles";

    private static string RoomOf(string path)
    {
        string[] parts = path.Split('/');
        return parts.Length > 3 ? parts[2] : "";
    }

    // A using, or a name written out.
    [GeneratedRegex(@"(?<![\w.""])(?:using (?:static )?|global::)?Matrixd\.(?<room>[A-Z]\w+)")]
    private static partial Regex Mention();

    [GeneratedRegex(@"^namespace (?<name>[\w.]+);", RegexOptions.Multiline)]
    private static partial Regex Namespace();

    [GeneratedRegex(@"^using (?:static )?(?:\w+ = )?(?<name>[\w.]+)", RegexOptions.Multiline)]
    private static partial Regex Using();

    [GeneratedRegex(@"""[^""\n]*\b(?:SELECT [\w*, ]+ FROM|INSERT INTO|UPDATE \w+ SET|DELETE FROM|PRAGMA \w+)\b")]
    private static partial Regex Sql();
}
