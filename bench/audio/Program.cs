using Matrixd.Audio;
using Matrixd.Bench.Audio;
using Matrixd.Simulation.Kernels;

// audio-bench table: the comparison.
// audio-bench kernels [FLAGS]: what `matrixd bench kernels` does, without the daemon around it.
// audio-bench listen SPEECH24 SPEECH8 DIRECTORY: pairs of WAVs, naive and ours.
Conversion[] conversions = [new(8000, 16000), new(24000, 8000)];
switch (args)
{
    case ["table"]:
        Console.Write(Report.Table(Candidate.All, [.. conversions.Select(c =>
            (c, Candidate.All.Select(candidate => Quality.Of(candidate, c)).ToArray(), Speed.Of(Candidate.All, c)))]));
        return 0;

    case ["kernels", ..]:
        return await KernelBenchCommand.RunAsync(args[1..], Console.Out);

    case ["listen", string speech24, string speech8, string directory]:
        foreach (Conversion c in conversions)
        {
            WavAudio speech = WavFile.Read(c.From == 24000 ? speech24 : speech8);
            short[] sweep = Signals.Sweep(-6, c.From, 8 * c.From);
            foreach (Candidate candidate in Candidate.All.Where(x => x.Name is "matrixd.Audio" || x == Candidate.All[0]))
            {
                string name = Path.Combine(directory, $"{c.From / 1000}to{c.To / 1000}-{(candidate == Candidate.All[0] ? "naive" : "ours")}");
                using IConverter first = candidate.Create(c.From, c.To), second = candidate.Create(c.From, c.To);
                short[] swept = Signals.Convert(second, c, sweep);
                WavFile.Write($"{name}.wav", c.To, 1, [.. Signals.Convert(first, c, speech.Samples), .. new short[c.To / 2], .. swept]);
                WavFile.Write($"{name}-sweep.wav", c.To, 1, swept);
            }
        }

        return 0;

    default:
        Console.Error.WriteLine("usage: audio-bench table | kernels | listen SPEECH24.wav SPEECH8.wav DIRECTORY");
        return 2;
}
