namespace Matrixd.Audio;

/// <summary>Arranges the taps of one output stream for the kernel.</summary>
internal static class FirProgramBuilder
{
    // Measured: up to about 100 taps the second copy of the window costs what folding saves, from 149 on folding saves a sixth.
    private const int MinFoldedTaps = 120;

    /// <summary>Builds the program.</summary>
    /// <param name="taps">The filter's, without zeros, in the order of the prototype.</param>
    /// <param name="folds">Whether to add what is weighed alike first; the taps then read the same from behind.</param>
    /// <param name="layout">Of the window; its history is at least <see cref="Reach"/>.</param>
    public static FirProgram Build(PhaseTap[] taps, bool folds, WindowLayout layout)
    {
        if (taps is [{ Value: 1 } only])
        {
            return new FirProgram { Lanes = layout.Lanes, CopyFrom = layout.Place(only) };
        }

        return folds ? Fold(taps, layout) : Group(taps, layout);
    }

    /// <summary>
    /// Whether folding pays if the taps are symmetric. It loads a vector for each multiplication it saves: a vector of a whole cache line, which
    /// nearly always lies across two, costs as much.
    /// </summary>
    public static bool CanFold(PhaseTap[] taps, int lanes) => taps.Length >= MinFoldedTaps && lanes < WindowLayout.CacheLine;

    /// <summary>How far back a program's groups read [samples]: a lone tap's company, a zero, one vector further.</summary>
    public static int Reach(PhaseTap[] taps, int lanes) => taps.Max(tap => tap.Delay + (IsLone(taps, tap, lanes) ? lanes : 0));

    // Of the taps that read the same streams at the same shift, each run without gaps is cut into pairs; an odd one begins with a triple.
    private static FirProgram Group(PhaseTap[] taps, WindowLayout layout)
    {
        var triples = new List<TapGroup>();
        var pairs = new List<TapGroup>();
        var rest = taps.ToDictionary(tap => (tap.Stream, tap.Delay), tap => tap.Value);
        foreach (PhaseTap tap in taps.OrderBy(tap => tap.Stream).ThenBy(tap => tap.Delay))
        {
            int run = 0;
            while (rest.ContainsKey((tap.Stream, tap.Delay + (run * layout.Lanes))))
            {
                run++;
            }

            if (run > 1 && run % 2 == 1)
            {
                triples.Add(new TapGroup(layout.Place(tap), Take(0), Take(1), Take(2)));
            }
            else if (run > 0)
            {
                pairs.Add(new TapGroup(layout.Place(tap), Take(0), Take(1), 0));
            }

            float Take(int i) => rest.Remove((tap.Stream, tap.Delay + (i * layout.Lanes)), out float value) ? value : 0;
        }

        return new FirProgram { Lanes = layout.Lanes, Triples = [.. triples], Pairs = [.. pairs] };
    }

    // The same with the first half of the taps; what mirrors a tap lies as far from the end, so that its neighbour lies on the other side.
    private static FirProgram Fold(PhaseTap[] taps, WindowLayout layout)
    {
        var folded = new List<FoldedTaps>();
        int half = (taps.Length + 1) / 2;
        var rest = Enumerable.Range(0, half).ToDictionary(i => (taps[i].Stream, taps[i].Delay));
        foreach (PhaseTap tap in taps[..half].OrderBy(tap => tap.Stream).ThenBy(tap => tap.Delay))
        {
            if (!rest.Remove((tap.Stream, tap.Delay), out int index))
            {
                continue;
            }

            float next = rest.Remove((tap.Stream, tap.Delay + layout.Lanes), out int nextIndex) ? Value(nextIndex) : 0;
            (int even, int odd) = layout.Places(layout.Place(tap));
            (int mirrorEven, int mirrorOdd) = layout.Places(layout.Place(taps[^(index + 1)]));
            folded.Add(new FoldedTaps(even, odd, mirrorEven, mirrorOdd, Value(index), next));
        }

        return new FirProgram { Lanes = layout.Lanes, Folded = [.. folded] };

        // The middle tap is its own mirror image, and meets its sample twice.
        float Value(int index) => index == taps.Length - 1 - index ? taps[index].Value / 2 : taps[index].Value;
    }

    private static bool IsLone(PhaseTap[] taps, PhaseTap tap, int lanes) =>
        !taps.Any(other => other.Stream == tap.Stream && Math.Abs(other.Delay - tap.Delay) == lanes);
}
