using BenchmarkDotNet.Attributes;
using Matrixd.Simulation.Kernels;

namespace Matrixd.Bench;

/// <summary>Everything that is done with 20 ms of audio, just-in-time compiled; <c>matrixd bench kernels</c> times the same inside the native binary.</summary>
[MemoryDiagnoser, MinColumn]
public class AudioKernelBench
{
    private Func<int> _run = () => 0;

    [ParamsSource(nameof(Kernels))]
    public string Kernel { get; set; } = "";

    public static IEnumerable<string> Kernels => KernelCases.Create().Select(kernel => kernel.Name);

    [GlobalSetup]
    public void SetUp() => _run = KernelCases.Create().Single(kernel => kernel.Name == Kernel).Run;

    [Benchmark]
    public int Block_of_20_ms() => _run();
}
