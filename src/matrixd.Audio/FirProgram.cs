namespace Matrixd.Audio;

/// <summary>One output stream's filter, as a kernel walks it: first the pairs, then the single taps.</summary>
/// <remarks>
/// The taps j and j + lanes of neighbouring vectors of outputs read the same vector of samples, so a pair loads each vector once for two
/// multiplications. The order of summation is the program's, whatever the block and the kernel; so is the result, to the bit.
/// Immutable, shared by all resamplers of a design.
/// </remarks>
internal sealed class FirProgram
{
    public required int Lanes { get; init; }

    public required TapPair[] Pairs { get; init; }

    public required TapPair[] Singles { get; init; }

    /// <summary>Whether the output is the input, later: one phase of a half-band or third-band filter.</summary>
    public bool IsCopy => Pairs.Length == 0 && Singles is [{ Near: 1 }];

    /// <summary>Pairs up the taps of each input stream.</summary>
    /// <param name="lanes">Samples in a vector of the kernel that will run it.</param>
    /// <param name="taps">[stream][delay in groups]; zero taps are left out.</param>
    /// <param name="origin">[stream]: where in the window the sample of delay 0 lies for the first output.</param>
    public static FirProgram Build(int lanes, float[][] taps, int[] origin)
    {
        var pairs = new List<TapPair>();
        var singles = new List<TapPair>();
        for (int r = 0; r < taps.Length; r++)
        {
            var used = new bool[taps[r].Length];
            for (int j = 0; j < used.Length; j++)
            {
                int far = j + lanes;
                if (used[j] || taps[r][j] == 0)
                {
                    continue;
                }

                if (far < used.Length && taps[r][far] != 0)
                {
                    used[far] = true;
                    pairs.Add(new TapPair(origin[r] - j, taps[r][j], taps[r][far]));
                }
                else
                {
                    singles.Add(new TapPair(origin[r] - j, taps[r][j], 0));
                }
            }
        }

        return new FirProgram { Lanes = lanes, Pairs = [.. pairs], Singles = [.. singles] };
    }
}
