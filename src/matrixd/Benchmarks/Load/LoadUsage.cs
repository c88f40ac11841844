using System.Globalization;

namespace Matrixd.Benchmarks;

/// <summary>What two processes had used by some moment.</summary>
/// <param name="At">[ns]</param>
/// <param name="TargetCpu">User and system [ns]; 0 where the process is not there.</param>
/// <param name="OwnCpu">The same of this process [ns].</param>
/// <param name="RssKib">Memory of the target.</param>
internal readonly record struct LoadUsage(long At, long TargetCpu, long OwnCpu, long RssKib)
{
    /// <summary>Now [ns], on the clock that never jumps.</summary>
    public static long Now => Clock(LibC.Monotonic);

    public static unsafe LoadUsage Of(int target)
    {
        int clock;
        long cpu = target > 0 && LibC.clock_getcpuclockid(target, &clock) == 0 ? Clock(clock) : 0;
        return new LoadUsage(Now, cpu, Clock(LibC.ProcessCpuTime), Resident(target));
    }

    /// <summary>Memory that a process holds [KiB]; 0 where it is not there.</summary>
    public static long Resident(int process)
    {
        try
        {
            string? line = File.ReadLines($"/proc/{process}/status").FirstOrDefault(text => text.StartsWith("VmRSS:", StringComparison.Ordinal));
            return line is null ? 0 : long.Parse(line.AsSpan(6).TrimEnd("kB").Trim(), CultureInfo.InvariantCulture);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return 0;
        }
    }

    private static unsafe long Clock(int clock)
    {
        long* time = stackalloc long[2];
        return LibC.clock_gettime(clock, time) == 0 ? (time[0] * 1_000_000_000) + time[1] : 0;
    }
}
