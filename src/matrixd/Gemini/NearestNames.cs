namespace Matrixd.Gemini;

/// <summary>Finds what a misspelt name was meant to be.</summary>
internal static class NearestNames
{
    private const int MaxShown = 3;

    // Beyond, a name is nobody's typing error, and the table below would grow.
    private const int MaxLength = 128;

    /// <summary>At most three of the names, nearest first.</summary>
    public static IReadOnlyList<string> Of(string name, IEnumerable<string> names)
    {
        string wanted = Cut(name).ToLowerInvariant();
        return [.. names.OrderBy(other => Distance(wanted, Cut(other).ToLowerInvariant())).ThenBy(other => other, StringComparer.Ordinal).Take(MaxShown)];
    }

    // Edits, less what stands at the beginning of both: the family comes first in a model's name, and versions are appended.
    private static int Distance(string a, string b) => (2 * Edits(a, b)) - a.AsSpan().CommonPrefixLength(b);

    private static int Edits(string a, string b)
    {
        Span<int> row = stackalloc int[MaxLength + 1];
        for (int j = 0; j <= b.Length; j++)
        {
            row[j] = j;
        }

        for (int i = 1; i <= a.Length; i++)
        {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.Length; j++)
            {
                int above = row[j];
                row[j] = a[i - 1] == b[j - 1] ? diagonal : 1 + Math.Min(diagonal, Math.Min(above, row[j - 1]));
                diagonal = above;
            }
        }

        return row[b.Length];
    }

    private static string Cut(string name) => name.Length > MaxLength ? name[..MaxLength] : name;
}
