using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Matrixd.Timing;
using Matrixd.Transport;
using Matrixd.Transport.Loop;

namespace Matrixd.Tests.Support;

/// <summary>An event loop whose connections can be made ready all at once, so that it serves them as one batch.</summary>
/// <remarks>The loop is held while the peers send, and let go once the system has everything for it: no matter how fast the machine is.</remarks>
internal sealed partial class TransportBatch : IDisposable
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private const uint BytesWaiting = 0x541B; // FIONREAD
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly List<Socket> _peers = [];

    public TransportBatch()
    {
        Wheel = new TimerWheel(new VirtualTime()); // nothing of this is a matter of time
        Loop = new EventLoop("the loop", Wheel, Owner);
        Loop.Start();
        _listener.Start();
    }

    public TransportLoopOwner Owner { get; } = new();

    public TimerWheel Wheel { get; }

    public EventLoop Loop { get; }

    /// <summary>A connection on the loop, and its other end.</summary>
    public async Task<(LoopConnection Connection, int Fd, Socket Peer)> ConnectAsync()
    {
        int fd = LoopSocket.Open(AddressFamily.InterNetwork);
        var connection = new LoopConnection(Loop, fd, "peer");
        await connection.StepAsync(new ConnectStep((IPEndPoint)_listener.LocalEndpoint), null, CancellationToken.None).WaitAsync(Patience);
        Socket peer = await _listener.AcceptSocketAsync().WaitAsync(Patience);
        peer.NoDelay = true;
        _peers.Add(peer);
        return (connection, fd, peer);
    }

    /// <summary>A server's links on the loop, all of them being read.</summary>
    /// <param name="sink">Of the link at that place.</param>
    /// <param name="log">Where their writes are told, by the thread that writes.</param>
    public async Task<TransportBatchLink[]> LinksAsync(int count, Func<int, TransportSink> sink, List<string> log)
    {
        var links = new TransportBatchLink[count];
        for (int i = 0; i < count; i++)
        {
            (LoopConnection connection, int fd, Socket peer) = await ConnectAsync();
            var tally = new TransportTally(new LoopTransport(connection), $"write {i}", log);
            var link = new PipeWebSocketLink(tally, isServer: true, new WebSocketLimits(), Wheel);
            links[i] = new TransportBatchLink(link, sink(i), tally, fd, peer);
        }

        foreach (TransportBatchLink link in links)
        {
            link.Run();
        }

        return links;
    }

    /// <summary>Has the loop find everything at once: it looks at its sockets when all of it is there.</summary>
    public async Task ArriveAsync(params (int Fd, Socket Peer, byte[] Bytes)[] sent)
    {
        var gate = new Gate();
        Loop.Post(gate);
        await gate.Entered.WaitAsync(Patience);
        try
        {
            foreach ((int _, Socket peer, byte[] bytes) in sent)
            {
                await peer.SendAsync(bytes).WaitAsync(Patience);
            }

            await Eventually.TrueAsync(() => sent.All(one => Waiting(one.Fd) == one.Bytes.Length), "everything has arrived", Patience);
        }
        finally
        {
            gate.Open();
        }
    }

    /// <summary>What had been posted before has run; so has what was ready then.</summary>
    public async Task BarrierAsync()
    {
        var gate = new Gate();
        gate.Open();
        Loop.Post(gate);
        await gate.Entered.WaitAsync(Patience);
    }

    public void Dispose()
    {
        Loop.Dispose();
        _peers.ForEach(peer => peer.Dispose());
        _listener.Dispose();
    }

    private static int Waiting(int fd)
    {
        int count = 0;
        return ioctl(fd, BytesWaiting, ref count) == 0 ? count : throw new IOException($"ioctl failed with {Marshal.GetLastPInvokeError()}");
    }

    [LibraryImport("libc", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int ioctl(int fd, nuint request, ref int value);

    private sealed class Gate : LoopHandler
    {
        private readonly TaskCompletionSource _entered = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _open = new();

        public Task Entered => _entered.Task;

        public void Open() => _open.TrySetResult();

        public override void OnPosted()
        {
            _entered.TrySetResult();
            if (!_open.Task.Wait(Patience))
            {
                throw new TimeoutException("the loop was never let go");
            }
        }

        public override void OnFault(Exception error) => _entered.TrySetException(error);
    }
}
