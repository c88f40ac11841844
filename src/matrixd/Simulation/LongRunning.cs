using System.Net.Sockets;

namespace Matrixd.Simulation;

/// <summary>What the simulators' commands have in common: they say that they serve, serve, and end with a code.</summary>
internal static class LongRunning
{
    /// <summary>Says <c>ready URL</c> and waits to be stopped.</summary>
    public static async Task ReadyAsync(string url, TextWriter stdout, CancellationToken stopping)
    {
        await stdout.WriteLineAsync($"ready {url}");
        await stdout.FlushAsync(CancellationToken.None);
        TaskCompletionSource stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using CancellationTokenRegistration registration = stopping.Register(() => stopped.TrySetResult());
        await stopped.Task;
    }

    /// <summary>Runs a server; what keeps it from listening or writing its files ends it with 1 and one line.</summary>
    public static async Task<int> ServeAsync(string what, TextWriter stderr, Func<Task<int>> serve)
    {
        try
        {
            return await serve();
        }
        catch (Exception e) when (e is IOException or SocketException or UnauthorizedAccessException)
        {
            await stderr.WriteLineAsync($"simulate {what}: {e.Message}");
            return 1;
        }
    }

    /// <summary>0; or 1 where a timer of the simulator itself failed: what it showed cannot be relied on then.</summary>
    public static int Verdict(SimulationTime time, TextWriter stderr)
    {
        if (time.Faults == 0)
        {
            return 0;
        }

        stderr.WriteLine($"{time.Faults} timers of the simulator failed; the last: {time.LastFault}");
        return 1;
    }
}
