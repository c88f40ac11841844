using System.Diagnostics;
using Matrixd.Agents;
using Matrixd.Calls;
using Matrixd.Config;
using Matrixd.Exotel;
using Matrixd.Gemini;
using Matrixd.Server;
using Matrixd.Simulation;
using Matrixd.Timing;
using Microsoft.Extensions.Logging;

namespace Matrixd.Hosting.Demo;

/// <summary>The demo's call: a daemon as it ships, in a temporary directory, between the two simulators.</summary>
internal static class DemoCall
{
    private const string Sid = "demo0000000000000000000000000001";
    private const string User = "exotel";
    private const string Password = "demo";

    // The row is written when the call has ended; the caller's socket closes a moment earlier.
    private static readonly TimeSpan s_rowWithin = TimeSpan.FromSeconds(5);

    public static async Task<DemoResult> RunAsync(DemoScene scene, ILoggerFactory loggers, CancellationToken stopping)
    {
        DirectoryInfo directory = Directory.CreateTempSubdirectory("matrixd-demo-");
        try
        {
            await using GeminiSimulator gemini = await GeminiSimulator.StartAsync(new GeminiSimulatorOptions { Tls = true, ApiKey = "demo-key" }, stopping);
            string caFile = Path.Combine(directory.FullName, "gemini-ca.pem");
            await File.WriteAllTextAsync(caFile, gemini.AuthorityPem, stopping);
            DaemonConfig config = Config(directory.FullName, gemini.BaseUrl, caFile, scene.Greeting);
            await using Daemon daemon = await Daemon.StartAsync(config, loggers, TimeProvider.System);
            return await CallAsync(scene, gemini, daemon, stopping);
        }
        finally
        {
            // The recording has been read by then; nothing else in there is of use.
            directory.Delete(recursive: true);
        }
    }

    private static async Task<DemoResult> CallAsync(DemoScene scene, GeminiSimulator gemini, Daemon daemon, CancellationToken stopping)
    {
        TimerWheel wheel = new(TimeProvider.System);
        using WheelDriver driver = new(wheel, _ => { });
        driver.Start();
        TimeSpan cpu = Process.GetCurrentProcess().TotalProcessorTime;
        long started = TimeProvider.System.GetTimestamp();
        ExotelCaller caller = await ExotelCaller.StartAsync(
            new CallerOptions
            {
                Url = new Uri(daemon.Addresses[0].Replace("http://", "ws://", StringComparison.Ordinal) + "/exotel"),
                Basic = $"{User}:{Password}",
                Audio = new CallerAudio(scene.Pcm, DemoScene.Rate, 20),
                CallSid = Sid,
                StreamSid = "demostream0000000000000000000001",
                Linger = TimeSpan.FromSeconds(0.5),
            },
            wheel,
            stopping);
        CallerReport line = await caller.Completion.WaitAsync(stopping);
        double seconds = TimeProvider.System.GetElapsedTime(started).TotalSeconds;
        double load = (Process.GetCurrentProcess().TotalProcessorTime - cpu).TotalMilliseconds / seconds;
        SessionView session = await SessionAsync(daemon);
        GeminiLedger ledger = gemini.Connections[0].Ledger;
        short[] heard = caller.Heard;
        string recording = Path.GetTempFileName();
        File.Copy(session.RecordingPath!, recording, overwrite: true);
        DemoReport report = DemoCheck.Judge(scene, line, ledger.SaidPcm, ledger.Turns, heard, session) with { DaemonCpuMsPerSecond = load, ResidentMib = Environment.WorkingSet / 1048576.0 };
        return new DemoResult(report, caller.Said, heard, ledger.SaidPcm, recording);
    }

    private static async Task<SessionView> SessionAsync(Daemon daemon)
    {
        using CancellationTokenSource limit = new(s_rowWithin);
        while (true)
        {
            Session? row = await daemon.Sessions.FindAsync(CallSid.Parse(Sid));
            if (row is { State: SessionState.Ended } && File.Exists(row.RecordingPath))
            {
                return SessionView.Of(row) with
                {
                    Turns = [.. (await daemon.Log.TurnsAsync(row.CallSid)).Select(TurnView.Of)],
                    ToolCalls = [.. (await daemon.Log.ToolCallsAsync(row.CallSid)).Select(ToolCallView.Of)],
                };
            }

            await Task.Delay(20, limit.Token);
        }
    }

    private static DaemonConfig Config(string directory, string gemini, string caFile, string greeting) => new()
    {
        Server = new ServerOptions { Listen = [new ListenAddress("127.0.0.1", 0, false)] },
        StorePath = Path.Combine(directory, "matrixd.db"),
        Exotel = new ExotelOptions { BasicUser = User, BasicPassword = Password },
        Gemini = new GeminiOptions { ApiKey = "demo-key", BaseUrl = new Uri(gemini), CaFile = caFile },
        Calls = new CallsOptions { MaxCalls = 10, RecordingDirectory = Path.Combine(directory, "recordings") },
        Agents = [new AgentOptions { Name = "reception", Default = true, Prompt = "You answer the phone of a small shop.", Language = "en-IN", Greeting = greeting }],
        Tools = [],
    };
}
