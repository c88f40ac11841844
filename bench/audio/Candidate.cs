namespace Matrixd.Bench.Audio;

/// <param name="Name">As the table has it.</param>
/// <param name="Create">Makes one at the start of a stream.</param>
internal sealed record Candidate(string Name, Func<int, int, IConverter> Create)
{
    public static IReadOnlyList<Candidate> All { get; } =
    [
        new("doubling / dropping samples", (from, to) => new NaiveConverter(from, to)),
        new("speexdsp q3", (from, to) => new SpeexConverter(from, to, 3)),
        new("speexdsp q5", (from, to) => new SpeexConverter(from, to, 5)),
        new("speexdsp q8", (from, to) => new SpeexConverter(from, to, 8)),
        new("soxr HQ", (from, to) => new SoxrConverter(from, to, SoxrConverter.HighQuality)),
        new("soxr VHQ, as Pipecat", (from, to) => new SoxrConverter(from, to, SoxrConverter.VeryHighQuality)),
        new("libsamplerate medium", (from, to) => new SampleRateConverter(from, to)),
        new("matrixd.Audio", (from, to) => new OwnConverter(from, to)),
    ];
}
