using System.Globalization;
using System.Text.RegularExpressions;

namespace Matrixd.Exotel;

/// <summary>Streams of an account.</summary>
/// <param name="Active">Now.</param>
/// <param name="Most">At the same time; null: not told.</param>
internal sealed partial record ActiveStreams(int Active, int? Most)
{
    /// <summary>Reads the answer: XML by the newer pages, JSON by the older, names in either spelling.</summary>
    /// <returns>Null: it tells no number of streams.</returns>
    public static ActiveStreams? Read(string body)
    {
        int? active = Number(ActiveNow().Match(body));
        return active is { } now ? new ActiveStreams(now, Number(MostAllowed().Match(body))) : null;
    }

    private static int? Number(Match match) =>
        match.Success && int.TryParse(match.Groups["n"].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : null;

    // "active_streams": 12, <ActiveStreams>12</ActiveStreams>; numbers bare or quoted.
    [GeneratedRegex(@"[""<](?:total_?)?active_?streams?(?:_?count)?["">]\s*:?\s*""?(?<n>[0-9]{1,9})(?![0-9])", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex ActiveNow();

    [GeneratedRegex(@"[""<]max(?:imum)?_?(?:allowed_?)?(?:active_?|concurrent_?)?streams?["">]\s*:?\s*""?(?<n>[0-9]{1,9})(?![0-9])", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex MostAllowed();
}
