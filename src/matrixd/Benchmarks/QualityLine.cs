using System.Globalization;

namespace Matrixd.Benchmarks;

/// <summary>What a caller must not notice; where it breaks, the machine's capacity ends.</summary>
internal static class QualityLine
{
    /// <summary>Caller to Gemini, in 99 of 100 frames: two frames late is not heard, more delays answers [ms].</summary>
    public const double UplinkP99Ms = 40;

    /// <summary>Audio that arrives, of what was sent.</summary>
    public const double AudioRatio = 0.999;

    /// <summary>A load that sends its frames later than this is itself what is measured [ms].</summary>
    public const double LoadLagP99Ms = 5;

    /// <summary>A load that uses so much of its processor has no time left to be on time.</summary>
    public const double LoadBusy = 0.90;

    /// <summary>What is wrong with a window; empty: nothing.</summary>
    public static IReadOnlyList<string> Breaks(LoadWindow window)
    {
        List<string> breaks = [];
        Add(breaks, window.Uplink.P99Ms > UplinkP99Ms, $"uplink p99 {window.Uplink.P99Ms:0.0} ms (at most {UplinkP99Ms:0})");
        Add(breaks, window.Underruns > 0, $"{window.Underruns} under-runs");
        Add(breaks, window.AudioRatio < AudioRatio, $"audio ratio {window.AudioRatio:0.00000} (at least {AudioRatio})");
        Add(breaks, window.ChunkViolations > 0, $"{window.ChunkViolations} chunks that Exotel does not play cleanly");
        Add(breaks, window.BytesAfterClear > 0, $"{window.BytesAfterClear} bytes of an interrupted turn after its clear");
        Add(breaks, window.MissingClears > 0, $"{window.MissingClears} interruptions without a clear");
        Add(breaks, window.Misaligned > 0, $"{window.Misaligned} times speech came out of its place");
        Add(breaks, window.CallsLost > 0, $"{window.CallsLost} calls lost");
        return breaks;
    }

    /// <summary>True where the load was not on time, so that the window says little about what it measured.</summary>
    public static bool IsLoadLate(LoadWindow window) => window.LoadLag.P99Ms > LoadLagP99Ms || window.LoadCpuSeconds > LoadBusy * window.Seconds;

    private static void Add(List<string> breaks, bool broken, FormattableString what)
    {
        if (broken)
        {
            breaks.Add(what.ToString(CultureInfo.InvariantCulture));
        }
    }
}
