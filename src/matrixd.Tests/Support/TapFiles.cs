using System.Text.Json.Nodes;
using Matrixd.Config;

namespace Matrixd.Tests.Support;

/// <summary>What a daemon wrote about its calls.</summary>
internal static class TapFiles
{
    public static string Folder(House house) => Path.Combine(house.Directory, "taps");

    /// <summary>Settings under which a house tapes into its own folder.</summary>
    public static Func<DaemonConfig, DaemonConfig> On(string words, Func<DiagnosticsOptions, DiagnosticsOptions>? more = null) => config =>
    {
        IReadOnlyList<TapWord> tap = TapWord.TryParse(words, out IReadOnlyList<TapWord> read, out string wrong) ? read : throw new ArgumentException(wrong);
        DiagnosticsOptions options = new() { WireTap = tap, TapDirectory = Path.Combine(Path.GetDirectoryName(config.StorePath)!, "taps") };
        return config with { Diagnostics = more?.Invoke(options) ?? options };
    };

    /// <summary>The lines of a file once it holds one that ends the call.</summary>
    public static async Task<JsonNode[]> EndedAsync(House house, string name)
    {
        string path = Path.Combine(Folder(house), name);
        string[] lines = [];
        await Eventually.TrueAsync(
            () =>
            {
                lines = File.Exists(path) ? File.ReadAllLines(path) : [];
                return lines.Length > 0 && lines[0].Contains("\"flight\"", StringComparison.Ordinal)
                    || lines.Any(line => line.Contains("\"op\":\"end\"", StringComparison.Ordinal)) && lines.Any(line => line.Contains("\"leg\":\"exotel\",\"conn\":1,\"dir\":\"in\",\"op\":\"close\"", StringComparison.Ordinal));
            },
            $"{name} is complete");
        return [.. lines.Select(line => JsonNode.Parse(line)!)];
    }

    public static JsonNode[] Of(this IEnumerable<JsonNode> lines, string leg, string dir) =>
        [.. lines.Where(line => (string?)line["leg"] == leg && (string?)line["dir"] == dir)];

    public static string Op(this JsonNode line) => (string)line["op"]!;
}
