namespace Matrixd.Bench.Audio;

/// <summary>What one converter does to sound, measured through 16 bits in blocks of 20 ms.</summary>
/// <param name="LatencyMs">Group delay, and what is held back beyond it at worst: how much later a sample comes out than it could have.</param>
/// <param name="EdgeDb">Gain at 3.4 kHz.</param>
/// <param name="FoldedDb">The loudest image of a tone in the pass band, or alias of one above it [dB of the tone].</param>
/// <param name="DistortionDb">All but the tone, of a 997 Hz tone at -1 dBFS.</param>
internal sealed record Quality(double LatencyMs, double EdgeDb, double FoldedDb, double DistortionDb)
{
    private const double Dbfs = -1;
    private const double Hertz = 997; // prime: meets the samples at ever new phases
    private const int Tones = 40; // for images and aliases

    public static Quality Of(Candidate candidate, Conversion conversion)
    {
        SineFit edge = SineFit.To(Tone(candidate, conversion, Conversion.PassHz), Conversion.PassHz, conversion.To);
        SineFit tone = SineFit.To(Tone(candidate, conversion, Hertz), Hertz, conversion.To);
        return new Quality(
            Latency(candidate, conversion),
            Db(edge.Amplitude / Amplitude),
            conversion.IsUp ? Image(candidate, conversion) : Alias(candidate, conversion),
            Db(tone.ResidualRms * Math.Sqrt(2) / tone.Amplitude));
    }

    private static double Amplitude => 32768 * Math.Pow(10, Dbfs / 20);

    // Of a tone f at a rate R, doubling the rate makes R - f, and so on for higher multiples.
    private static double Image(Candidate candidate, Conversion conversion)
    {
        double worst = -200;
        for (int i = 1; i <= Tones; i++)
        {
            double hertz = (i * Conversion.PassHz / (double)Tones) - 7.3;
            double[] output = Tone(candidate, conversion, hertz);
            double[] rest = SineFit.To(output, hertz, conversion.To).Remove(output, hertz, conversion.To);
            worst = Math.Max(worst, Db(SineFit.To(rest, conversion.From - hertz, conversion.To).Amplitude / Amplitude));
        }

        return worst;
    }

    // A tone above the band of the output is mirrored at its edges; it counts where it comes down in the pass band.
    private static double Alias(Candidate candidate, Conversion conversion)
    {
        double worst = -200;
        double from = conversion.To - Conversion.PassHz;
        for (int i = 0; i < Tones; i++)
        {
            double hertz = from + 7.3 + (i * ((conversion.From / 2) - from - 20) / Tones);
            double folded = Math.Abs(hertz - (Math.Round(hertz / conversion.To) * conversion.To));
            if (folded <= Conversion.PassHz)
            {
                worst = Math.Max(worst, Db(SineFit.To(Tone(candidate, conversion, hertz), folded, conversion.To).Amplitude / Amplitude));
            }
        }

        return worst;
    }

    // What a tone becomes, settled and not yet at its end.
    private static double[] Tone(Candidate candidate, Conversion conversion, double hertz)
    {
        using IConverter converter = candidate.Create(conversion.From, conversion.To);
        short[] output = Signals.Convert(converter, conversion, Signals.Tone(hertz, Dbfs, conversion.From, 2 * conversion.From));
        return [.. output.AsSpan(output.Length / 4, output.Length / 2).ToArray().Select(s => (double)s)];
    }

    // At the end of each block, of the time given so much is not out yet; behind what is out, the filter's own delay.
    private static double Latency(Candidate candidate, Conversion conversion)
    {
        using IConverter converter = candidate.Create(conversion.From, conversion.To);
        short[] output = new short[16 * conversion.To / 50];
        short[] block = new short[conversion.BlockSamples];
        int place = conversion.From / 2 / 6 * 6; // of the impulse; whole samples of both rates
        const int Blocks = 100;
        double held = double.NegativeInfinity;
        double sum = 0, moment = 0;
        long out_ = 0;
        for (int i = 0; i < Blocks; i++)
        {
            Array.Clear(block);
            if (place / block.Length == i)
            {
                block[place % block.Length] = 20000;
            }

            int written = converter.Process(block, output);
            for (int n = 0; n < written; n++)
            {
                sum += output[n];
                moment += (double)output[n] * (out_ + n);
            }

            out_ += written;
            held = i < Blocks / 4 ? held : Math.Max(held, ((i + 1) * block.Length / (double)conversion.From) - (out_ / (double)conversion.To));
        }

        double delay = (moment / sum / conversion.To) - (place / (double)conversion.From); // the response is symmetric: its middle
        return 1000 * (delay + held);
    }

    private static double Db(double ratio) => Math.Max(-200, 20 * Math.Log10(ratio));
}
