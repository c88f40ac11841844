namespace Matrixd.Tests.Support;

/// <summary>What a telephone line sounds like when nobody speaks: noises, keys, coughs. 8 kHz, ±32768.</summary>
internal static class AudioLine
{
    private const int Rate = 8000;

    private static readonly double[] s_low = [697, 770, 852, 941];
    private static readonly double[] s_high = [1209, 1336, 1477, 1633];

    /// <param name="kind">white, pink, brown, hum (mains and harmonics), buzz (a mobile's 217 Hz), crackle.</param>
    /// <param name="dbfs">Root mean square.</param>
    /// <param name="length">[samples]</param>
    /// <param name="seed">Of the random numbers.</param>
    public static double[] Noise(string kind, double dbfs, int length, int seed)
    {
        var random = new Random(seed);
        Func<int, double> next = kind switch
        {
            "white" => _ => Gauss(random),
            "pink" => Pink(random),
            "brown" => Brown(random),
            "hum" => n => Sine(50, n) + (0.5 * Sine(150, n)) + (0.25 * Sine(250, n)) + (0.1 * Sine(350, n)) + (0.05 * Gauss(random)),
            "buzz" => n => (n % 37 < 4 ? 3 : 0) + (0.3 * Gauss(random)),
            "crackle" => _ => (0.3 * Gauss(random)) + (random.NextDouble() < 0.0005 ? 30 * Gauss(random) : 0),
            _ => throw new ArgumentException(kind),
        };
        double[] noise = [.. Enumerable.Range(0, length).Select(next)];
        double gain = Full(dbfs) / Math.Sqrt(noise.Average(x => x * x));
        return [.. noise.Select(x => x * gain)];
    }

    /// <summary>Keys of 40 to 500 ms, as much apart, of all loudnesses from -12 to -26 dBFS, one tone up to 4 dB louder than the other.</summary>
    public static double[] Keys(int length, int seed, out int count)
    {
        var random = new Random(seed);
        var line = new double[length];
        count = 0;
        for (int at = Rate; at < length; count++)
        {
            int on = random.Next(320, 4000);
            double low = s_low[random.Next(4)], high = s_high[random.Next(4)];
            double twist = Math.Pow(10, ((random.NextDouble() * 8) - 4) / 20);
            double amplitude = 8192 * Math.Pow(10, -14 * random.NextDouble() / 20);
            for (int n = 0; n < on && at + n < length; n++)
            {
                line[at + n] = amplitude * (Sine(low, n) + (twist * Sine(high, n)));
            }

            at += on + random.Next(320, 4000);
        }

        return line;
    }

    /// <summary>A burst of noise through one resonance, with a sharp start and a decay.</summary>
    public static double[] Cough(int length, double dbfs, int seed)
    {
        var random = new Random(seed);
        double radius = Math.Exp(-Math.PI * (200 + (500 * random.NextDouble())) / Rate);
        double cosine = 2 * radius * Math.Cos(2 * Math.PI * (300 + (900 * random.NextDouble())) / Rate);
        var burst = new double[length];
        double y1 = 0, y2 = 0;
        for (int n = 0; n < length; n++)
        {
            double envelope = Math.Min(1, n / 40.0) * Math.Exp(-n / 500.0) * Math.Min(1, (length - n) / 100.0);
            burst[n] = (Gauss(random) * envelope) + (cosine * y1) - (radius * radius * y2);
            (y2, y1) = (y1, burst[n]);
        }

        double gain = Full(dbfs) / Math.Sqrt(burst.Average(x => x * x));
        return [.. burst.Select(x => x * gain)];
    }

    /// <summary>The sum of signals, each from its own place on, rounded to 16 bits.</summary>
    public static short[] Mix(double[] line, params (double[] Signal, int At)[] signals)
    {
        double[] sum = [.. line];
        foreach ((double[] signal, int at) in signals)
        {
            for (int n = 0; n < signal.Length; n++)
            {
                sum[at + n] += signal[n];
            }
        }

        return [.. sum.Select(x => (short)Math.Clamp(Math.Round(x), short.MinValue, short.MaxValue))];
    }

    public static double Full(double dbfs) => 32768 * Math.Pow(10, dbfs / 20);

    private static double Sine(double hertz, int n) => Math.Sin(2 * Math.PI * hertz * n / Rate);

    private static double Gauss(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());

    private static Func<int, double> Brown(Random random)
    {
        double sum = 0;
        return _ => sum = (0.98 * sum) + Gauss(random);
    }

    // Paul Kellet's economy filter: 3 dB an octave within 0.5 dB.
    private static Func<int, double> Pink(Random random)
    {
        double a = 0, b = 0, c = 0;
        return _ =>
        {
            double white = Gauss(random);
            a = (0.99765 * a) + (white * 0.0990460);
            b = (0.96300 * b) + (white * 0.2965164);
            c = (0.57000 * c) + (white * 1.0526913);
            return a + b + c + (white * 0.1848);
        };
    }
}
