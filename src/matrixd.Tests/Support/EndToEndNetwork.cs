using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Matrixd.Tests.Support;

/// <summary>A network of two ends on this machine, as slow as a test wants it: one end here, the other in a namespace of its own.</summary>
internal sealed partial class EndToEndNetwork : IDisposable
{
    private const int NewNetwork = 0x40000000; // CLONE_NEWNET
    private const int CloseOnExec = 0x80000; // O_CLOEXEC, and O_RDONLY, which is 0
    private readonly string _name;
    private readonly string _subnet;

    private EndToEndNetwork(string name, string subnet)
    {
        _name = name;
        _subnet = subnet;
    }

    /// <summary>True where this process may build one.</summary>
    public static bool CanBuild
    {
        get
        {
            string name = "mx" + Guid.NewGuid().ToString("N")[..8];
            return TryRun("tc", "-V") && TryRun("ip", $"netns add {name}") && TryRun("ip", $"netns del {name}");
        }
    }

    /// <summary>Address of this end.</summary>
    public string Near => _subnet + ".1";

    /// <param name="shape">Of what goes to the far end, as <c>tc … tbf</c> takes it.</param>
    public static EndToEndNetwork Build(string shape)
    {
        string name = "mx" + Guid.NewGuid().ToString("N")[..8];
        EndToEndNetwork network = new(name, $"10.{Random.Shared.Next(100, 250)}.{Random.Shared.Next(1, 250)}");
        foreach (string command in (string[])[
            $"ip netns add {name}",
            $"ip link add {name}a type veth peer name {name}b netns {name}",
            $"ip addr add {network._subnet}.1/30 dev {name}a",
            $"ip link set {name}a up",
            $"ip -n {name} addr add {network._subnet}.2/30 dev {name}b",
            $"ip -n {name} link set {name}b up",
            $"tc qdisc replace dev {name}a root tbf {shape}"])
        {
            int space = command.IndexOf(' ', StringComparison.Ordinal);
            if (!TryRun(command[..space], command[(space + 1)..]))
            {
                network.Dispose();
                throw new InvalidOperationException($"failed: {command}");
            }
        }

        return network;
    }

    /// <summary>Connects from the far end.</summary>
    public Socket Connect(int port)
    {
        Socket? socket = null;
        Exception? failed = null;
        Thread thread = new(() =>
        {
            try
            {
                // A socket stays in the namespace of the thread that made it; the thread ends with this.
                int descriptor = Open($"/var/run/netns/{_name}", CloseOnExec); // no FileStream: it would seek, which such a file does not
                bool isIn = SetNamespace(descriptor, NewNetwork) == 0;
                _ = Close(descriptor);
                if (!isIn)
                {
                    throw new InvalidOperationException($"setns: errno {Marshal.GetLastPInvokeError()}");
                }

                socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
                socket.Connect(new IPEndPoint(IPAddress.Parse(Near), port));
            }
            catch (Exception e) when (e is IOException or SocketException or InvalidOperationException)
            {
                failed = e;
            }
        });
        thread.Start();
        thread.Join();
        return failed is null ? socket! : throw new InvalidOperationException("no way in from the far end", failed);
    }

    public void Dispose() => TryRun("ip", $"netns del {_name}"); // and with it both ends of the pair

    private static bool TryRun(string program, string arguments)
    {
        try
        {
            using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true, RedirectStandardOutput = true })!;
            return process.WaitForExit(TimeSpan.FromSeconds(10)) && process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false; // there is no such program
        }
    }

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int descriptor);

    [LibraryImport("libc", EntryPoint = "setns", SetLastError = true)]
    private static partial int SetNamespace(int descriptor, int kind);
}
