using System.Text.Json;
using Matrixd.Audio;
using Matrixd.Hosting;
using Matrixd.Simulation;
using Matrixd.Simulation.Kernels;
using Xunit;

namespace Matrixd.Tests.Simulation;

public sealed class KernelBenchTests : IDisposable
{
    private readonly string _file = Path.Combine(Path.GetTempPath(), $"matrixd-kernels-{Guid.NewGuid():N}.json");

    public void Dispose() => File.Delete(_file);

    [Fact]
    public async Task Every_kernel_is_timed_for_people_and_for_programs_and_allocates_nothing()
    {
        using var stdout = new StringWriter();

        Assert.Equal(Commands.Done, await Commands.RunAsync(["bench", "kernels", "--rounds", "1", "--json", _file], stdout, TextWriter.Null));

        using JsonDocument json = JsonDocument.Parse(await File.ReadAllBytesAsync(_file));
        Assert.Equal(1, json.RootElement.GetProperty("rounds").GetInt32());
        JsonElement[] kernels = [.. json.RootElement.GetProperty("kernels").EnumerateArray()];
        Assert.Equal(KernelCases.Create().Select(k => k.Name), kernels.Select(k => k.GetProperty("kernel").GetString()));
        foreach (JsonElement kernel in kernels)
        {
            Assert.True(kernel.GetProperty("fastest_ns").GetDouble() <= kernel.GetProperty("median_ns").GetDouble());
            string name = kernel.GetProperty("kernel").GetString()!;
            Assert.Contains(name, stdout.ToString(), StringComparison.Ordinal);
            Assert.True(kernel.GetProperty("allocated_bytes").GetDouble() == 0 || name.StartsWith("queue", StringComparison.Ordinal), name); // tests beside this one share the queues' pool
        }
    }

    [Fact]
    public void Every_design_is_among_the_kernels_with_20_ms_of_its_rate()
    {
        IReadOnlyList<KernelCase> kernels = KernelCases.Create();

        foreach (ResamplerSpec spec in ResamplerSpecs.All)
        {
            string name = $"resample {spec.InputRate / 1000} to {spec.OutputRate / 1000} {(spec.Quality == ResamplerQuality.LeastDelay ? "A" : "B")}";
            Assert.Equal(spec.InputRate / 50, Assert.Single(kernels, k => k.Name == name).Samples);
        }

        Assert.Equal(kernels.Count, kernels.Select(k => k.Name).Distinct().Count());
        Assert.All(kernels, k => k.Run());
    }

    [Fact]
    public async Task Other_flags_are_refused()
    {
        await Assert.ThrowsAsync<CommandUsageException>(() => KernelBenchCommand.RunAsync(["--fast"], TextWriter.Null));
        Assert.Equal(Commands.Usage, await Commands.RunAsync(["bench", "kernels", "--rounds", "0"], TextWriter.Null, TextWriter.Null));
    }
}
