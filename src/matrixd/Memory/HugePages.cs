using System.Globalization;
using System.Runtime.InteropServices;

namespace Matrixd.Memory;

/// <summary>Has the kernel gather the memory that calls live in into pages of 2 MiB.</summary>
/// <remarks>
/// What hundreds of calls touch lies in tens of thousands of small pages, and finding one costs the processor as much as fetching from it does, in a
/// virtual machine above all. Only blocks that are in use nearly everywhere are gathered, so that the process grows by next to nothing; the work is done on
/// a thread of the pool, a block at a time, and a call that touches the block meanwhile waits for some 200 us. Nothing is done where the machine's
/// administrator allows no huge pages (<c>/sys/kernel/mm/transparent_hugepage/enabled</c>), or the kernel is older than Linux 6.1.
/// </remarks>
internal static partial class HugePages
{
    public const int BlockBytes = 2 * 1024 * 1024;

    private const int SmallPage = 4096;
    private const int FewestInUse = BlockBytes / SmallPage * 7 / 8;
    private const int MADV_COLLAPSE = 25;
    private const int EINVAL = 22;

    // Below it all calls' memory is found fast enough.
    private const int FewestCalls = 32;
    private const int LongestPause = 12; // looks

    private static readonly TimeSpan s_betweenLooks = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_betweenBlocks = TimeSpan.FromMilliseconds(5);

    /// <summary>True where this machine has huge pages of this size, and they are not forbidden.</summary>
    public static bool AreAllowed(string setting) => Environment.SystemPageSize == SmallPage && setting.Length > 0 && !setting.Contains("[never]", StringComparison.Ordinal);

    /// <summary>Gathers what has come to be used, where calls have become more, and once a minute.</summary>
    /// <param name="calls">How many there are.</param>
    public static async Task RunAsync(Func<int> calls, TimeProvider clock, CancellationToken stopping)
    {
        int before = 0;
        int looks = 0;
        try
        {
            bool goesOn = AreAllowed(await ReadAsync("/sys/kernel/mm/transparent_hugepage/enabled"));
            while (goesOn)
            {
                await Task.Delay(s_betweenLooks, clock, stopping);
                int now = calls();
                if (now >= FewestCalls && (now > before + (before / 8) || ++looks == LongestPause))
                {
                    goesOn = await GatherAsync(clock, stopping);
                    (before, looks) = (now, 0);
                }
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // the daemon stops
        }
    }

    /// <summary>The whole blocks in memory of the process's own that it may write to.</summary>
    /// <param name="maps">Lines of <c>/proc/self/maps</c>.</param>
    /// <returns>Their addresses, in rising order.</returns>
    public static IEnumerable<nint> Blocks(IEnumerable<string> maps)
    {
        foreach (string line in maps)
        {
            // 7f5f4bc00000-7f5f4c341000 rw-p 00000000 00:00 0          [heap]
            string[] fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (fields.Length < 5 || fields[1] != "rw-p" || fields[4] != "0" || (fields.Length > 5 && fields[5] != "[heap]" && !fields[5].StartsWith("[anon:", StringComparison.Ordinal)))
            {
                continue;
            }

            string[] ends = fields[0].Split('-');
            long end = long.Parse(ends[1], NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            long first = long.Parse(ends[0], NumberStyles.HexNumber, CultureInfo.InvariantCulture) + BlockBytes - 1;
            for (long block = first - (first % BlockBytes); block + BlockBytes <= end; block += BlockBytes)
            {
                yield return (nint)block;
            }
        }
    }

    /// <summary>True where nearly all of a block is in use.</summary>
    /// <param name="pages">A byte for each of its small pages; its lowest bit: it is in memory.</param>
    public static bool IsInUse(ReadOnlySpan<byte> pages)
    {
        int inUse = 0;
        foreach (byte page in pages)
        {
            inUse += page & 1;
        }

        return inUse >= FewestInUse;
    }

    /// <summary>Gathers one block.</summary>
    /// <returns>False where the kernel cannot do that at all.</returns>
    public static unsafe bool TryGather(nint block)
    {
        byte* pages = stackalloc byte[BlockBytes / SmallPage];
        if (mincore((void*)block, BlockBytes, pages) != 0 || !IsInUse(new ReadOnlySpan<byte>(pages, BlockBytes / SmallPage)))
        {
            return true; // unmapped meanwhile, or not worth it
        }

        return madvise((void*)block, BlockBytes, MADV_COLLAPSE) == 0 || Marshal.GetLastSystemError() != EINVAL; // others pass: no page is free just now
    }

    private static async Task<bool> GatherAsync(TimeProvider clock, CancellationToken stopping)
    {
        foreach (nint block in Blocks(await File.ReadAllLinesAsync("/proc/self/maps", stopping)))
        {
            if (!TryGather(block))
            {
                return false;
            }

            await Task.Delay(s_betweenBlocks, clock, stopping);
        }

        return true;
    }

    private static async Task<string> ReadAsync(string path)
    {
        try
        {
            return await File.ReadAllTextAsync(path);
        }
        catch (IOException)
        {
            return ""; // a kernel without huge pages
        }
    }

    [LibraryImport("libc")]
    private static unsafe partial int mincore(void* at, nint size, byte* pages);

    [LibraryImport("libc")]
    private static unsafe partial int madvise(void* at, nint size, int advice);
}
