namespace Matrixd.Audio;

/// <summary>The rate pairs that have a design.</summary>
public static class ResamplerSpecs
{
    // Telephone speech ends at 3.4 kHz, wide-band speech at 7 kHz. A's stop band begins where the mirror image of the pass band
    // about the narrower band's edge ends: aliases fall between pass band and edge only. B's begins at the edge itself.
    private static readonly ResamplerSpec[] s_all =
    [
        new(8000, 16000, ResamplerQuality.LeastDelay, 3400, 4600),
        new(16000, 8000, ResamplerQuality.LeastDelay, 3400, 4600),
        new(16000, 8000, ResamplerQuality.CleanEdge, 3400, 4000),
        new(8000, 24000, ResamplerQuality.LeastDelay, 3400, 4600),
        new(24000, 8000, ResamplerQuality.LeastDelay, 3400, 4600),
        new(24000, 8000, ResamplerQuality.CleanEdge, 3400, 4000),
        new(16000, 24000, ResamplerQuality.LeastDelay, 7000, 9000),
        new(24000, 16000, ResamplerQuality.LeastDelay, 7000, 9000),
        new(48000, 16000, ResamplerQuality.LeastDelay, 7000, 9000),
    ];

    /// <summary>Every design there is.</summary>
    public static ReadOnlySpan<ResamplerSpec> All => s_all;

    /// <summary>Finds the design of a rate pair.</summary>
    /// <exception cref="ArgumentException">There is none.</exception>
    public static ResamplerSpec Find(int inputRate, int outputRate, ResamplerQuality quality) => s_all[IndexOf(inputRate, outputRate, quality)];

    internal static int IndexOf(int inputRate, int outputRate, ResamplerQuality quality)
    {
        ResamplerQuality wanted = quality != ResamplerQuality.Default ? quality
            : (inputRate, outputRate) == (24000, 8000) ? ResamplerQuality.CleanEdge
            : ResamplerQuality.LeastDelay;
        int index = Array.FindIndex(s_all, s => s.InputRate == inputRate && s.OutputRate == outputRate && s.Quality == wanted);
        if (index < 0)
        {
            string designs = string.Join(", ", s_all.Select(s => $"{s.InputRate} -> {s.OutputRate} Hz {s.Quality}"));
            throw new ArgumentException(
                $"There is no resampler for {inputRate} -> {outputRate} Hz, quality {wanted}. Use equal rates, or one of: {designs}.");
        }

        return index;
    }
}
