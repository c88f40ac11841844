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
        PhaseTap[][] phases = [.. Enumerable.Range(0, spec.Interpolation).Select(i => Phase(prototype, spec.Interpolation, spec.Decimation, i))];
        bool[] folds = [.. phases.Select((taps, i) => FirProgramBuilder.CanFold(taps, lanes) && IsSymmetric(Taps, spec.Interpolation, spec.Decimation, i))];
        Window = new WindowLayout(spec.Decimation, phases.Max(taps => FirProgramBuilder.Reach(taps, lanes)), lanes, folds.Contains(true));
        Programs = [.. phases.Select((taps, i) => FirProgramBuilder.Build(taps, folds[i], Window))];
    }

    public ResamplerSpec Spec { get; }

    /// <summary>Length of the prototype.</summary>
    public int Taps { get; }

    /// <summary>Where the samples stand for the kernel.</summary>
    public WindowLayout Window { get; }

    /// <summary>[output stream]</summary>
    public FirProgram[] Programs { get; }

    public static ResamplerTable Get(int specIndex) => s_tables[specIndex].Value;

    // Output L g + i sits at (L g + i) M on the prototype's time axis, input n at L n: tap k meets input n where k = (L g + i) M - L n.
    private static PhaseTap[] Phase(double[] prototype, int interpolation, int decimation, int output)
    {
        var taps = new List<PhaseTap>();
        for (int k = FirstTap(interpolation, decimation, output); k < prototype.Length; k += interpolation)
        {
            int n = ((output * decimation) - k) / interpolation; // exact; from the group's first input
            int stream = ((n % decimation) + decimation) % decimation;
            if (prototype[k] != 0)
            {
                taps.Add(new PhaseTap(stream, (stream - n) / decimation, (float)(prototype[k] * interpolation)));
            }
        }

        return [.. taps];
    }

    private static int FirstTap(int interpolation, int decimation, int output) => output * decimation % interpolation;

    // Tap k mirrors tap length - 1 - k; whether that belongs to the same output stream.
    private static bool IsSymmetric(int length, int interpolation, int decimation, int output) =>
        (length - 1 - (2 * FirstTap(interpolation, decimation, output))) % interpolation == 0;
}
