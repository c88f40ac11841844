namespace Matrixd.Audio;

/// <summary>What a low-pass filter has to achieve.</summary>
/// <param name="SampleRate">Rate the filter runs at [Hz].</param>
/// <param name="PassHz">Upper edge of the pass band [Hz].</param>
/// <param name="StopHz">Lower edge of the stop band [Hz]; above <paramref name="PassHz"/>, at most half of <paramref name="SampleRate"/>.</param>
/// <param name="RippleDb">Largest deviation from unity in the pass band [dB].</param>
/// <param name="AttenuationDb">Least attenuation in the stop band [dB].</param>
public sealed record FilterSpec(double SampleRate, double PassHz, double StopHz, double RippleDb, double AttenuationDb);
