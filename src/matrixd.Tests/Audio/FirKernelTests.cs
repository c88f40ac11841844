using Matrixd.Audio;
using Matrixd.Tests.Support;
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
        float[] window = AudioSignals.FloatNoise(table.Window.TotalSize, seed: design);
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
    public void No_tap_reads_beside_its_stream(int design, int lanes)
    {
        var table = new ResamplerTable(ResamplerSpecs.All[design], lanes);
        WindowLayout window = table.Window;
        foreach (FirProgram program in table.Programs)
        {
            Assert.All(program.Triples, t => Assert.InRange(t.Offset % window.Stride, 2 * lanes, window.History));
            Assert.All(program.Pairs, t => Assert.InRange(t.Offset % window.Stride, lanes, window.History));
            foreach (FoldedTaps t in program.Folded)
            {
                int place = Math.Min(t.Even, t.Odd);
                int mirror = Math.Min(t.MirrorEven, t.MirrorOdd);
                Assert.InRange(place % window.Stride, lanes, window.History);
                Assert.InRange(mirror % window.Stride, 0, window.History - lanes); // a neighbour reads one vector further on
                Assert.Equal(window.SecondCopy, Math.Max(t.Even, t.Odd) - place);
                Assert.Equal(window.SecondCopy, Math.Max(t.MirrorEven, t.MirrorOdd) - mirror);
            }
        }
    }

    [Fact]
    public void Folded_vectors_of_half_a_cache_line_never_cross_one()
    {
        foreach (ResamplerSpec spec in ResamplerSpecs.All)
        {
            var table = new ResamplerTable(spec, lanes: 8);
            foreach (FoldedTaps t in table.Programs.SelectMany(p => p.Folded))
            {
                // A line is 16 samples; an odd vector begins 8 samples further.
                Assert.InRange(t.Even % 16, 0, 8);
                Assert.InRange((t.Odd + 8) % 16, 0, 8);
                Assert.InRange(t.MirrorEven % 16, 0, 8);
                Assert.InRange((t.MirrorOdd + 8) % 16, 0, 8);
            }
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
