namespace Matrixd.Audio;

/// <summary>One design of one pair of rates.</summary>
/// <param name="InputRate">[Hz]</param>
/// <param name="OutputRate">[Hz]</param>
/// <param name="Quality">Never <see cref="ResamplerQuality.Default"/>.</param>
/// <param name="PassHz">Upper edge of the pass band [Hz].</param>
/// <param name="StopHz">Lower edge of the stop band [Hz].</param>
public sealed record ResamplerSpec(int InputRate, int OutputRate, ResamplerQuality Quality, double PassHz, double StopHz)
{
    // The pass band is flat far beyond hearing; images and aliases lie below the rounding noise of 16 bits (-98 dB of a full-scale sine).
    private const double RippleDb = 0.001;
    private const double AttenuationDb = 96;

    /// <summary>L: outputs per group of <see cref="Decimation"/> inputs.</summary>
    public int Interpolation => OutputRate / CommonRate;

    /// <summary>M: inputs per group of <see cref="Interpolation"/> outputs.</summary>
    public int Decimation => InputRate / CommonRate;

    /// <summary>The prototype low-pass, at the least common multiple of both rates.</summary>
    public FilterSpec Filter => new((double)InputRate * Interpolation, PassHz, StopHz, RippleDb, AttenuationDb);

    private int CommonRate => (int)System.Numerics.BigInteger.GreatestCommonDivisor(InputRate, OutputRate);
}
