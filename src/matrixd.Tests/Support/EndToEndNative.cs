using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;
using Matrixd.Simulation;
using Matrixd.Timing;

namespace Matrixd.Tests.Support;

/// <summary>The native binary as a process of its own, with a simulated model in this one.</summary>
/// <remarks>What it prints is read as it comes; the process never outlives the test.</remarks>
internal sealed partial class EndToEndNative : IAsyncDisposable
{
    public const int SigHup = 1;
    public const int SigInt = 2;
    public const int SigKill = 9;
    public const int SigTerm = 15;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);
    private readonly Process _process;
    private readonly StringBuilder _stdout = new();
    private readonly StringBuilder _stderr = new();
    private readonly Lock _gate = new();

    private EndToEndNative(ProcessStartInfo start)
    {
        Started = Stopwatch.GetTimestamp();
        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, e) => Keep(_stdout, e.Data);
        _process.ErrorDataReceived += (_, e) => Keep(_stderr, e.Data);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>Where the binary is; empty: these tests are skipped.</summary>
    public static string Binary => Environment.GetEnvironmentVariable("MATRIXD_BINARY") ?? "";

    public long Started { get; }

    public string Stdout
    {
        get
        {
            lock (_gate)
            {
                return _stdout.ToString();
            }
        }
    }

    /// <summary>Its log.</summary>
    public string Stderr
    {
        get
        {
            lock (_gate)
            {
                return _stderr.ToString();
            }
        }
    }

    public bool HasExited => _process.HasExited;

    public int Id => _process.Id;

    /// <summary>Where it said that it is ready.</summary>
    public Uri Url { get; private set; } = new("http://127.0.0.1:1");

    public static EndToEndNative Start(params string[] args) => Start(new Dictionary<string, string>(), args);

    public static EndToEndNative Start(IReadOnlyDictionary<string, string> environment, params string[] args)
    {
        // A shell that runs the tests in the background has SIGINT ignored, and a daemon that inherits that does not hear it. env executes in its place.
        ProcessStartInfo start = new("env") { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        start.ArgumentList.Add("--default-signal=INT");
        start.ArgumentList.Add(Binary);
        foreach (string arg in args)
        {
            start.ArgumentList.Add(arg);
        }

        foreach ((string name, string value) in environment)
        {
            start.Environment[name] = value;
        }

        return new EndToEndNative(start);
    }

    /// <summary>Runs a command to its end.</summary>
    public static async Task<(int Code, string Stdout, string Stderr)> CommandAsync(params string[] args)
    {
        await using EndToEndNative process = Start(args);
        int code = await process.ExitAsync();
        return (code, process.Stdout, process.Stderr);
    }

    /// <summary>A daemon that has said that it is ready.</summary>
    public static Task<EndToEndNative> RunAsync(string config) => RunAsync(config, new Dictionary<string, string>());

    public static async Task<EndToEndNative> RunAsync(string config, IReadOnlyDictionary<string, string> environment)
    {
        EndToEndNative daemon = Start(environment, "run", "--config", config);
        await Eventually.TrueAsync(() => daemon.Stdout.Contains("ready ", StringComparison.Ordinal) || daemon.HasExited, "the ready line", s_patience);
        if (daemon.HasExited)
        {
            throw new InvalidOperationException($"the daemon ended: {daemon.Stderr}");
        }

        daemon.Url = new Uri(daemon.Stdout.Split('\n').First(line => line.StartsWith("ready ", StringComparison.Ordinal))[6..].Trim());
        return daemon;
    }

    public void Signal(int signal)
    {
        if (kill(_process.Id, signal) != 0)
        {
            throw new InvalidOperationException($"kill({signal}) failed with {Marshal.GetLastPInvokeError()}");
        }
    }

    /// <summary>Its exit code, once it has ended and everything it printed has been read.</summary>
    public async Task<int> ExitAsync()
    {
        await _process.WaitForExitAsync().WaitAsync(s_patience);
        return _process.ExitCode;
    }

    /// <summary>Memory it holds [MiB].</summary>
    public double ResidentMiB()
    {
        _process.Refresh();
        return _process.WorkingSet64 / 1048576.0;
    }

    /// <summary>Processor time it has used, in its own code and in the system's.</summary>
    public TimeSpan CpuTime()
    {
        _process.Refresh();
        return _process.TotalProcessorTime;
    }

    public Task<EndToEndLine> DialAsync(EndToEndCall call, TimerWheel wheel) =>
        EndToEndLine.DialAsync(call, Url, call.Path.Length > 0 ? call.Path : "/exotel", $"{House.BasicUser}:{House.BasicPassword}", wheel);

    public async Task<EndToEndLine> LineAsync(string callSid, TimerWheel wheel)
    {
        EndToEndLine line = await DialAsync(new EndToEndCall(callSid), wheel);
        line.Start();
        return line;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
    }

    private void Keep(StringBuilder text, string? line)
    {
        if (line is not null)
        {
            lock (_gate)
            {
                text.Append(line).Append('\n');
            }
        }
    }

    [LibraryImport("libc", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int kill(int pid, int signal);
}
