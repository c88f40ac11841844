using System.Net;

namespace Matrixd.Simulation;

/// <summary><c>matrixd simulate echo</c>: the production WebSocket path as an echo, until it is told to stop.</summary>
internal static class SimulateEchoCommand
{
    private const int MaxMessage = 256 * 1024 * 1024;

    private const string Usage = """
        usage: matrixd simulate echo [flags]
          --listen HOST:PORT       default 127.0.0.1:9001; port 0: any free one
          --max-message BYTES      default 16777216; larger messages close 1009
        """;

    public static async Task<int> RunAsync(string[] args, TextWriter stdout, TextWriter stderr, CancellationToken stopping)
    {
        IPEndPoint listen = new(IPAddress.Loopback, 9001);
        int maxMessage = EchoSimulator.DefaultMessageBytes;
        try
        {
            CommandLine line = new(args);
            while (line.Next())
            {
                switch (line.Flag)
                {
                    case "--listen":
                        listen = line.EndPoint();
                        break;
                    case "--max-message":
                        maxMessage = line.Number(1, MaxMessage);
                        break;
                    default:
                        throw line.Unknown();
                }
            }
        }
        catch (CommandUsageException e)
        {
            await stderr.WriteLineAsync($"{e.Message}\n{Usage}");
            return 2;
        }

        return await LongRunning.ServeAsync("echo", stderr, async () =>
        {
            await using EchoSimulator simulator = await EchoSimulator.StartAsync(listen, maxMessage, stopping);
            await LongRunning.ReadyAsync(simulator.Url, stdout, stopping);
            return LongRunning.Verdict(simulator.Time, stderr);
        });
    }
}
