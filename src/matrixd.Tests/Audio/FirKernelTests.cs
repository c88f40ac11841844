using Matrixd.Audio;
using Xunit;

namespace Matrixd.Tests.Audio;

public unsafe class FirKernelTests
{
    private const int Groups = ResamplerTable.MaxGroups;

    // Widths that this machine has no vectors for run the reference itself.
    public static TheoryData<int, int> DesignsAndLanes
    {
        get
        {
            var cases = new TheoryData<int, int>();
            for (int design = 0; design < ResamplerSpecs.All.Length; design++)
            {
                cases.Add(design, 4);
                cases.Add(design, 8);
                cases.Add(design, 16);
            }

            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(DesignsAndLanes))]
    public void Every_kernel_gives_what_the_reference_gives(int design, int lanes)
    {
        var table = new ResamplerTable(ResamplerSpecs.All[design], lanes);
        float[] window = AudioSignals.FloatNoise(table.Stride * table.Spec.Decimation, seed: design);
        foreach (FirProgram program in table.Programs)
        {
            float[] actual = new float[Groups];
            float[] expected = new float[Groups];
            fixed (float* x = window, y = actual, z = expected)
            {
                float* outputs = y;
                FirKernel.Run(program, x, ref outputs, Groups);
                new ReadOnlySpan<float>(outputs, Groups).CopyTo(actual);
                for (int g = 0; g < Groups; g += lanes * FirKernel.VectorsPerPass)
                {
                    FirKernel.ScalarPass(program, x + g, z + g);
                }
            }

            Assert.Equal(expected, actual);
        }
    }

    [Theory]
    [MemberData(nameof(DesignsAndLanes))]
    public void No_tap_reads_before_the_window(int design, int lanes)
    {
        var table = new ResamplerTable(ResamplerSpecs.All[design], lanes);
        foreach (FirProgram program in table.Programs)
        {
            Assert.All(program.Triples, t => Assert.InRange(t.Offset % table.Stride, 2 * lanes, table.History));
            Assert.All(program.Pairs, t => Assert.InRange(t.Offset % table.Stride, lanes, table.History));
        }
    }

    [Theory]
    [MemberData(nameof(DesignsAndLanes))]
    public void Every_width_of_vectors_gives_the_same_sound(int design, int lanes)
    {
        ResamplerSpec spec = ResamplerSpecs.All[design];
        short[] noise = AudioSignals.Noise(2000, seed: 8);
        short[] expected = AudioSignals.Resample(Resampler.Create(spec.InputRate, spec.OutputRate, spec.Quality), noise, 480);

        short[] actual = AudioSignals.Resample(new Resampler(new ResamplerTable(spec, lanes)), noise, 480);

        // The order of summation differs, so a tie of rounding may fall to either side.
        Assert.All(expected.Zip(actual), pair => Assert.InRange(pair.First - pair.Second, -1, 1));
    }
}
