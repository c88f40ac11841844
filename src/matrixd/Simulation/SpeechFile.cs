using Matrixd.Audio;

namespace Matrixd.Simulation;

/// <summary>Recordings as a simulator wants them: mono, at its own rate.</summary>
internal static class SpeechFile
{
    private const int LowestRate = 8000;
    private const int HighestRate = 192_000;

    /// <summary>Reads any 16-bit WAV; channels are mixed, the rate is changed.</summary>
    /// <param name="rate">[Hz]</param>
    /// <exception cref="InvalidDataException">Not such a WAV.</exception>
    public static short[] Read(Stream wav, int rate)
    {
        WavAudio audio = WavFile.Read(wav);
        if (audio.SampleRate is < LowestRate or > HighestRate)
        {
            throw new InvalidDataException($"a WAV of {audio.SampleRate} Hz; {LowestRate} to {HighestRate} Hz are read");
        }

        return WholeResampler.Resample(Mono(audio), audio.SampleRate, rate);
    }

    /// <summary>As <see cref="Read"/> for a file that a flag names.</summary>
    /// <exception cref="CommandUsageException">It cannot be read.</exception>
    public static short[] Load(string flag, string path, int rate)
    {
        try
        {
            using FileStream file = File.OpenRead(path);
            return Read(file, rate);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            throw new CommandUsageException($"{flag} {path}: {e.Message}");
        }
    }

    private static short[] Mono(WavAudio audio)
    {
        if (audio.Channels == 1)
        {
            return audio.Samples;
        }

        short[] mono = new short[audio.Samples.Length / audio.Channels];
        for (int i = 0; i < mono.Length; i++)
        {
            int sum = 0;
            for (int c = 0; c < audio.Channels; c++)
            {
                sum += audio.Samples[(i * audio.Channels) + c];
            }

            mono[i] = (short)(sum / audio.Channels);
        }

        return mono;
    }
}
