namespace Matrixd.Simulation.Kernels;

/// <summary>Times kernels on the thread that calls it.</summary>
/// <remarks>
/// All kernels take turns in batches of about a millisecond, so that whatever slows the machine down meets all of them alike. Virtual machines drift by a
/// factor of two: the fastest batch is told beside the median one.
/// </remarks>
internal static class KernelTimer
{
    private const int WarmUpRounds = 5;
    private const int CalibrationRuns = 3;

    private static readonly TimeSpan s_batch = TimeSpan.FromMilliseconds(1); // long against reading the clock, short against a thread's turn

    public static IReadOnlyList<KernelFigure> Measure(IReadOnlyList<KernelCase> kernels, int rounds, TimeProvider clock)
    {
        int[] counts = [.. kernels.Select(kernel => Calibrate(kernel, clock))];
        double[][] batches = [.. kernels.Select(_ => new double[rounds])];
        long[] allocated = new long[kernels.Count];
        for (int round = -WarmUpRounds; round < rounds; round++)
        {
            for (int i = 0; i < kernels.Count; i++)
            {
                long before = GC.GetAllocatedBytesForCurrentThread();
                double nanoseconds = Run(kernels[i], counts[i], clock).TotalNanoseconds / counts[i];
                if (round >= 0)
                {
                    allocated[i] += GC.GetAllocatedBytesForCurrentThread() - before;
                    batches[i][round] = nanoseconds;
                }
            }
        }

        foreach (double[] batch in batches)
        {
            Array.Sort(batch);
        }

        return [.. kernels.Select((kernel, i) =>
            new KernelFigure(kernel.Name, kernel.Samples, batches[i][0], batches[i][rounds / 2], (double)allocated[i] / rounds / counts[i]))];
    }

    // The shortest of a few: one that another process has interrupted says nothing.
    private static int Calibrate(KernelCase kernel, TimeProvider clock)
    {
        int count = 1;
        while (Enumerable.Range(0, CalibrationRuns).Min(_ => Run(kernel, count, clock)) < s_batch)
        {
            count *= 2;
        }

        return count;
    }

    private static TimeSpan Run(KernelCase kernel, int count, TimeProvider clock)
    {
        long start = clock.GetTimestamp();
        for (int i = 0; i < count; i++)
        {
            kernel.Run();
        }

        return clock.GetElapsedTime(start);
    }
}
