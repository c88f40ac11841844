using System.Net;
using System.Net.Sockets;

namespace Matrixd.Tests.Support;

/// <summary>A stretch of network between two parties that a test can break: frozen, reset, half closed.</summary>
/// <remarks>Byte for byte, both ways. Any thread; one lock guards the list of lines. Disposing cuts every line.</remarks>
internal sealed class SimulationRelay : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stopping = new();
    private readonly List<Line> _lines = [];
    private readonly IPEndPoint _target;
    private readonly Task _accepting;
    private volatile TaskCompletionSource? _frozenUp;
    private volatile TaskCompletionSource? _frozenDown;

    public SimulationRelay(IPEndPoint target)
    {
        _target = target;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public IPEndPoint EndPoint => (IPEndPoint)_listener.LocalEndpoint;

    /// <summary>Lines that were opened so far.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _lines.Count;
            }
        }
    }

    /// <summary>Nothing passes any more, and nothing says so: sockets stay open, windows fill.</summary>
    /// <param name="up">From the one who dialled.</param>
    /// <param name="down">To the one who dialled.</param>
    public void Freeze(bool up = true, bool down = true)
    {
        _frozenUp = up ? _frozenUp ?? new(TaskCreationOptions.RunContinuationsAsynchronously) : _frozenUp;
        _frozenDown = down ? _frozenDown ?? new(TaskCreationOptions.RunContinuationsAsynchronously) : _frozenDown;
    }

    /// <summary>What was held back passes, and what comes after it.</summary>
    public void Thaw()
    {
        Interlocked.Exchange(ref _frozenUp, null)?.TrySetResult();
        Interlocked.Exchange(ref _frozenDown, null)?.TrySetResult();
    }

    /// <summary>RST to both sides of every line.</summary>
    public void Reset() => Each(line =>
    {
        line.Near.Close(0);
        line.Far.Close(0);
    });

    /// <summary>FIN to the one who was dialled; the other way stays open.</summary>
    public void HalfCloseUp() => Each(line => line.Far.Shutdown(SocketShutdown.Send));

    /// <summary>FIN to the one who dialled; the other way stays open.</summary>
    public void HalfCloseDown() => Each(line => line.Near.Shutdown(SocketShutdown.Send));

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        _listener.Stop();
        Thaw();
        Each(line =>
        {
            line.Near.Dispose();
            line.Far.Dispose();
        });
        await _accepting;
        Task[] pumps;
        lock (_gate)
        {
            pumps = [.. _lines.Select(l => l.Pumps)];
        }

        await Task.WhenAll(pumps);
        _stopping.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                Socket near = await _listener.AcceptSocketAsync(_stopping.Token);
                Socket far = new(_target.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
                near.NoDelay = true;
                await far.ConnectAsync(_target, _stopping.Token);
                Task pumps = Task.WhenAll(PumpAsync(near, far, () => _frozenUp), PumpAsync(far, near, () => _frozenDown));
                lock (_gate)
                {
                    _lines.Add(new Line(near, far, pumps));
                }
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // the relay is being put away, or the target does not answer: who dialled sees a dead line
        }
    }

    private static async Task PumpAsync(Socket from, Socket to, Func<TaskCompletionSource?> frozen)
    {
        byte[] buffer = new byte[16 * 1024];
        try
        {
            int read;
            while ((read = await from.ReceiveAsync(buffer)) > 0)
            {
                while (frozen() is { } ice)
                {
                    await ice.Task;
                }

                for (int sent = 0; sent < read;)
                {
                    sent += await to.SendAsync(buffer.AsMemory(sent, read - sent));
                }
            }

            to.Shutdown(SocketShutdown.Send);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            to.Close(0); // one side broke: the other hears of it
        }
    }

    private void Each(Action<Line> action)
    {
        Line[] lines;
        lock (_gate)
        {
            lines = [.. _lines];
        }

        foreach (Line line in lines)
        {
            try
            {
                action(line);
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                // that line has ended already
            }
        }
    }

    private sealed record Line(Socket Near, Socket Far, Task Pumps);
}
