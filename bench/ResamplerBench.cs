using BenchmarkDotNet.Attributes;
using Matrixd.Audio;

namespace Matrixd.Bench;

/// <summary>One 20 ms block through each resampler, 16-bit samples in and out.</summary>
[MemoryDiagnoser, MinColumn]
public class ResamplerBench
{
    private Resampler _resampler = null!;
    private short[] _input = [];
    private short[] _output = [];

    [ParamsSource(nameof(Designs))]
    public string Design { get; set; } = "";

    public static IEnumerable<string> Designs => ResamplerSpecs.All.ToArray().Select(Name);

    [GlobalSetup]
    public void SetUp()
    {
        ResamplerSpec spec = ResamplerSpecs.All.ToArray().Single(s => Name(s) == Design);
        var random = new Random(1);
        _resampler = Resampler.Create(spec.InputRate, spec.OutputRate, spec.Quality);
        _input = [.. Enumerable.Range(0, spec.InputRate / 50).Select(_ => (short)random.Next(-20000, 20000))];
        _output = new short[spec.OutputRate / 50];
    }

    [Benchmark]
    public int Block_of_20_ms() => _resampler.Process(_input, _output);

    private static string Name(ResamplerSpec spec) => $"{spec.InputRate / 1000}to{spec.OutputRate / 1000} kHz {(spec.Quality == ResamplerQuality.LeastDelay ? "A" : "B")}";
}
