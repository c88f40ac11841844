namespace Matrixd.Config;

/// <summary>Guesses what was meant by a name that nobody knows.</summary>
internal static class Nearest
{
    /// <summary>The most similar name, or null where none is near: at most two slips, in a short word one.</summary>
    public static string? Of(string name, IEnumerable<string> known)
    {
        int limit = name.Length < 4 ? 1 : 2;
        return known
            .Select(k => (Name: k, Distance: k.Contains(name, StringComparison.Ordinal) && name.Length >= 4 ? 1 : Distance(name, k)))
            .Where(k => k.Distance <= limit)
            .OrderBy(k => k.Distance)
            .Select(k => k.Name)
            .FirstOrDefault();
    }

    /// <summary>Levenshtein's: inserts, removals and changes, '-' and '_' and the case of letters being the same.</summary>
    private static int Distance(string a, string b)
    {
        int[] row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (int i = 1; i <= a.Length; i++)
        {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.Length; j++)
            {
                int change = diagonal + (Fold(a[i - 1]) == Fold(b[j - 1]) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(change, Math.Min(row[j - 1], diagonal) + 1);
            }
        }

        return row[^1];
    }

    private static char Fold(char c) => c == '-' ? '_' : char.ToLowerInvariant(c);
}
