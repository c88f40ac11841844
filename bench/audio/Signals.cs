namespace Matrixd.Bench.Audio;

/// <summary>Test signals, and what they become.</summary>
internal static class Signals
{
    /// <summary>A sine, rounded to 16 bits.</summary>
    public static short[] Tone(double hertz, double dbfs, int rate, int length)
    {
        double amplitude = 32768 * Math.Pow(10, dbfs / 20);
        return [.. Enumerable.Range(0, length).Select(n => (short)Math.Round(amplitude * Math.Sin(2 * Math.PI * hertz * n / rate)))];
    }

    /// <summary>A sine that rises from 0 to half the rate, evenly.</summary>
    public static short[] Sweep(double dbfs, int rate, int length)
    {
        double amplitude = 32768 * Math.Pow(10, dbfs / 20);
        return [.. Enumerable.Range(0, length).Select(n => (short)Math.Round(amplitude * Math.Sin(Math.PI * n * ((double)n / length) / 2)))];
    }

    public static short[] Noise(int length)
    {
        var random = new Random(1);
        return [.. Enumerable.Range(0, length).Select(_ => (short)random.Next(-20000, 20000))];
    }

    /// <summary>Converts in blocks of 20 ms.</summary>
    public static short[] Convert(IConverter converter, Conversion conversion, short[] input)
    {
        var output = new List<short>();
        short[] block = new short[8 * conversion.BlockSamples * Math.Max(1, conversion.To / conversion.From)]; // some give a lot at once
        for (int at = 0; at + conversion.BlockSamples <= input.Length; at += conversion.BlockSamples)
        {
            int written = converter.Process(input.AsSpan(at, conversion.BlockSamples), block);
            output.AddRange(block.AsSpan(0, written));
        }

        return [.. output];
    }
}
