namespace Matrixd.Diagnostics;

/// <summary>Holds the shapes of two files of frames against each other, side by side.</summary>
internal static class FrameDiff
{
    private static readonly (FrameSide Side, string Word)[] s_sides =
        [(FrameSide.ToGemini, "to_gemini"), (FrameSide.FromGemini, "from_gemini"), (FrameSide.ToExotel, "to_exotel"), (FrameSide.FromExotel, "from_exotel")];

    /// <summary>Sides that only one of the files has are left out.</summary>
    public static IReadOnlyList<FrameDifference> Between(IReadOnlyList<FrameSample> a, IReadOnlyList<FrameSample> b)
    {
        List<FrameDifference> differences = [];
        foreach ((FrameSide side, string word) in s_sides)
        {
            FrameSample[] ours = [.. a.Where(sample => sample.Side == side)];
            FrameSample[] theirs = [.. b.Where(sample => sample.Side == side)];
            if (ours.Length > 0 && theirs.Length > 0)
            {
                differences.AddRange(Between(FrameShape.Of(ours), FrameShape.Of(theirs), word));
            }
        }

        return differences;
    }

    private static IEnumerable<FrameDifference> Between(FrameShape a, FrameShape b, string side) =>
        Missing(a, b, side, "only_in_a").Concat(Fields(a, b, side)).Concat(Missing(b, a, side, "only_in_b")).Concat(First(a, b, side)).Concat(Order(a, b, side));

    // The topmost of what is missing: what is below it says nothing new.
    private static IEnumerable<FrameDifference> Missing(FrameShape has, FrameShape lacks, string side, string kind)
    {
        foreach ((string place, FrameField field) in has.Fields.OrderBy(field => field.Key, StringComparer.Ordinal))
        {
            string parent = place.EndsWith("[]", StringComparison.Ordinal) ? place[..^2] : place[..place.LastIndexOf('.')];
            if (!lacks.Fields.ContainsKey(place) && (parent.Length == 0 || lacks.Fields.ContainsKey(parent)))
            {
                string there = Join(field.Types) + (field.Values.Count > 0 ? $" ({Join(field.Values)})" : "");
                yield return kind == "only_in_a" ? new(kind, side, field.Path, there, "") : new(kind, side, field.Path, "", there);
            }
        }
    }

    private static IEnumerable<FrameDifference> Fields(FrameShape a, FrameShape b, string side)
    {
        foreach ((string place, FrameField ours) in a.Fields.OrderBy(field => field.Key, StringComparer.Ordinal))
        {
            if (!b.Fields.TryGetValue(place, out FrameField? theirs))
            {
                continue;
            }

            if (Differ(ours.Spellings, theirs.Spellings))
            {
                yield return new("spelling", side, ours.Path, Join(ours.Spellings), Join(theirs.Spellings));
            }

            if (Differ(ours.Types, theirs.Types))
            {
                yield return new("type", side, ours.Path, Join(ours.Types), Join(theirs.Types));
            }

            if (ours.Values.Except(theirs.Values).Any())
            {
                yield return new("value", side, ours.Path, Join(ours.Values), Join(theirs.Values));
            }

            if (Differ(ours.Ops, theirs.Ops))
            {
                yield return new("frame", side, ours.Path, Join(ours.Ops), Join(theirs.Ops));
            }
        }
    }

    private static IEnumerable<FrameDifference> First(FrameShape a, FrameShape b, string side)
    {
        SortedSet<string> ours = [.. a.Orders.Select(order => order[0])];
        SortedSet<string> theirs = [.. b.Orders.Select(order => order[0])];
        if (side == "to_gemini" && Differ(ours, theirs)) // the other sides answer: what they say first depends on what they hear
        {
            yield return new("first", side, "", Join(ours), Join(theirs));
        }
    }

    // Two kinds of messages that always come one way round here and always the other way round there.
    private static IEnumerable<FrameDifference> Order(FrameShape a, FrameShape b, string side)
    {
        HashSet<(string, string)> ours = Pairs(a);
        HashSet<(string, string)> theirs = Pairs(b);
        foreach ((string first, string second) in ours.Where(pair => !ours.Contains((pair.Item2, pair.Item1))).Order())
        {
            if (theirs.Contains((second, first)) && !theirs.Contains((first, second)))
            {
                yield return new("order", side, $"{first}, {second}", $"{first} before {second}", $"{second} before {first}");
            }
        }
    }

    private static HashSet<(string, string)> Pairs(FrameShape shape)
    {
        HashSet<(string, string)> pairs = [];
        foreach (IReadOnlyList<string> order in shape.Orders)
        {
            for (int i = 0; i < order.Count; i++)
            {
                for (int j = i + 1; j < order.Count; j++)
                {
                    pairs.Add((order[i], order[j]));
                }
            }
        }

        return pairs;
    }

    // Something here that is not there: what is there beside is somebody's other use of the same field.
    private static bool Differ(SortedSet<string> ours, SortedSet<string> theirs) => ours.Except(theirs).Any();

    private static string Join(IEnumerable<string> words) => string.Join(", ", words);
}
