using System.Net;
using System.Net.Sockets;
using System.Text;
using Matrixd.Simulation;

namespace Matrixd.Benchmarks;

/// <summary><c>matrixd bench load</c>, which <c>bench calls</c> starts: callers of Exotel and the Gemini they talk to, one thread, one clock.</summary>
internal static class LoadCommand
{
    // Waiting connections; a ramp begins a hundred a second.
    private const int Backlog = 4096;

    // Commands are short lines.
    private const int MostInput = 4096;

    public static int Run(string[] args, TextWriter stdout, TextWriter stderr)
    {
        string ca = "";
        int ramp = 100;
        CommandLine flags = new(args);
        while (flags.Next())
        {
            switch (flags.Flag)
            {
                case "--ca-out": ca = flags.Text(); break;
                case "--ramp": ramp = flags.Number(1, 10_000); break;
                default: throw flags.Unknown();
            }
        }

        if (ca.Length == 0)
        {
            throw new CommandUsageException("--ca-out FILE must be given: what a daemon must trust to talk to the load");
        }

        try
        {
            Serve(ca, ramp, stdout);
            return 0;
        }
        catch (Exception e) when (e is IOException or SocketException or UnauthorizedAccessException)
        {
            stderr.WriteLine($"bench load: {e.Message}");
            return 1;
        }
    }

    private static void Serve(string ca, int ramp, TextWriter stdout)
    {
        LoadTls tls = new(ca);
        LoadLoop loop = new();
        LoadFigures figures = new();
        LoadCalls calls = new(loop, new LoadTraffic(), figures);
        LoadDirector director = new(calls, figures, stdout, ramp);
        using Socket listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen(Backlog);
        listener.Blocking = false;
        loop.Watch((int)listener.SafeHandle.DangerousGetHandle(), () => Accept(listener, loop, tls, figures, calls));
        StringBuilder input = new();
        bool ended = false;
        loop.Watch(0, () => ended = !ReadCommands(input, director));
        loop.StartTimer(LoadCalls.Grid);
        stdout.WriteLine($"ready https://{listener.LocalEndPoint}");
        stdout.Flush();
        while (!ended && !director.IsOver)
        {
            loop.Wait();
            director.Step(LoadUsage.Now);
        }
    }

    private static void Accept(Socket listener, LoadLoop loop, LoadTls tls, LoadFigures figures, LoadCalls calls)
    {
        while (true)
        {
            Socket socket;
            try
            {
                socket = listener.Accept();
            }
            catch (SocketException)
            {
                return; // none is left, or the one that was has gone
            }

            socket.Blocking = false;
            socket.NoDelay = true;
            nint ssl = tls.Accept((int)socket.SafeHandle.DangerousGetHandle());
            new LoadSession(loop, socket, ssl, figures, index => calls[index]).Open();
        }
    }

    // False: who started us is gone.
    private static unsafe bool ReadCommands(StringBuilder input, LoadDirector director)
    {
        byte* buffer = stackalloc byte[MostInput];
        nint read = LibC.read(0, buffer, MostInput);
        if (read <= 0)
        {
            return false;
        }

        input.Append(Encoding.ASCII.GetString(buffer, (int)read));
        for (int end = input.ToString().IndexOf('\n', StringComparison.Ordinal); end >= 0; end = input.ToString().IndexOf('\n', StringComparison.Ordinal))
        {
            string line = input.ToString(0, end).Trim();
            input.Remove(0, end + 1);
            director.Command(line);
        }

        return true;
    }
}
