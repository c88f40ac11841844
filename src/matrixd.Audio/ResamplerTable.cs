using System.Runtime.Intrinsics;

namespace Matrixd.Audio;

/// <summary>The filter of one design, arranged for the kernel. Immutable; one per design and process.</summary>
/// <remarks>
/// Time is cut into groups of M inputs and L outputs. Output stream i holds outputs i, L + i, 2L + i, …; input stream r holds inputs
/// r, M + r, …: every output stream is a sum of plain convolutions of the input streams, which a vector of consecutive groups
/// computes lane by lane.
/// </remarks>
internal sealed class ResamplerTable
{
    /// <summary>Groups filtered at once: 20 ms in all conversions but 48 -> 16 kHz. Bounds the working memory on the stack.</summary>
    public const int MaxGroups = 160;

    private static readonly Lazy<ResamplerTable>[] s_tables = new Lazy<ResamplerTable>[ResamplerSpecs.All.Length];

    static ResamplerTable()
    {
        for (int i = 0; i < s_tables.Length; i++)
        {
            ResamplerSpec spec = ResamplerSpecs.All[i];
            s_tables[i] = new Lazy<ResamplerTable>(() => new ResamplerTable(spec, FirKernel.BestLanes));
        }
    }

    public ResamplerTable(ResamplerSpec spec, int lanes)
    {
        Spec = spec;
        double[] prototype = FilterDesign.LowPass(spec.Filter);
        Taps = prototype.Length;
        float[][][] streams = Split(prototype, spec.Interpolation, spec.Decimation);
        History = streams.Max(output => output.Max(taps => FirProgram.Reach(taps, lanes)));
        Stride = History + MaxGroups;
        int[] origin = [.. Enumerable.Range(0, spec.Decimation).Select(r => (r * Stride) + History)];
        Programs = [.. streams.Select(taps => FirProgram.Build(lanes, taps, origin))];
    }

    public ResamplerSpec Spec { get; }

    /// <summary>Length of the prototype.</summary>
    public int Taps { get; }

    /// <summary>Groups of the past that a filter reads.</summary>
    public int History { get; }

    /// <summary>Samples from one input stream to the next in the window: <see cref="History"/>, then a block.</summary>
    public int Stride { get; }

    /// <summary>[output stream]</summary>
    public FirProgram[] Programs { get; }

    public static ResamplerTable Get(int specIndex) => s_tables[specIndex].Value;

    // Output L g + i sits at (L g + i) M on the prototype's time axis, input n at L n: tap k meets input n where k = (L g + i) M - L n.
    private static float[][][] Split(double[] prototype, int interpolation, int decimation)
    {
        var streams = new float[interpolation][][];
        for (int i = 0; i < interpolation; i++)
        {
            var delays = new List<(int Stream, int Delay, float Tap)>();
            for (int k = i * decimation % interpolation; k < prototype.Length; k += interpolation)
            {
                int n = ((i * decimation) - k) / interpolation; // exact; from the group's first input
                int stream = ((n % decimation) + decimation) % decimation;
                delays.Add((stream, (stream - n) / decimation, (float)(prototype[k] * interpolation)));
            }

            streams[i] = new float[decimation][];
            for (int r = 0; r < decimation; r++)
            {
                streams[i][r] = new float[delays.Where(d => d.Stream == r).Select(d => d.Delay + 1).DefaultIfEmpty(0).Max()];
            }

            delays.ForEach(d => streams[i][d.Stream][d.Delay] = d.Tap);
        }

        return streams;
    }
}
