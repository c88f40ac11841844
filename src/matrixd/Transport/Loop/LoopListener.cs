using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;

namespace Matrixd.Transport.Loop;

/// <summary>A listening socket. Connections are taken when the server asks for the next, and given to the loops in turn.</summary>
/// <remarks>
/// Nothing is taken ahead, so that what the server does not want waits in the system's backlog. Without descriptors the listener
/// looks again ten times a second: the system would report it ready all the time, and a loop that believed it would spin.
/// </remarks>
internal sealed class LoopListener : LoopHandler, IConnectionListener
{
    private readonly EventLoops _loops;
    private readonly AcceptPause _pause;
    private readonly EventLoop _loop;
    private readonly Socket _socket;
    private readonly int _fd;
    private readonly CancellationTokenSource _unbound = new();
    private readonly TaskCompletionSource _forgotten = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <param name="socket">Listens, does not block; owned.</param>
    /// <param name="pause">Taken where no connection can be.</param>
    public LoopListener(Socket socket, EventLoops loops, AcceptPause pause)
    {
        _socket = socket;
        _fd = (int)socket.SafeHandle.DangerousGetHandle();
        _loops = loops;
        _pause = pause;
        _loop = loops.Spread();
        EndPoint = socket.LocalEndPoint!;
    }

    public EndPoint EndPoint { get; }

    public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
    {
        while (!_unbound.IsCancellationRequested)
        {
            TaskCompletionSource ready = _ready; // before the try: what comes after it is waited for
            int fd = LoopSocket.Accept(_fd, out IPEndPoint? peer);
            int error = fd < 0 ? Libc.Error : 0;
            if (fd >= 0)
            {
                LoopSocket.Tune(fd);
                LoopConnectionContext connection = new(_loops.Spread(), fd, peer);
                connection.Start();
                return connection;
            }

            try
            {
                await WaitAsync(error, ready).WaitAsync(_unbound.Token);
            }
            catch (OperationCanceledException)
            {
                // unbound: looked at above
            }
        }

        return null;
    }

    public async ValueTask UnbindAsync(CancellationToken cancellationToken = default)
    {
        await _unbound.CancelAsync();
        _loop.Post(this);
        await _forgotten.Task;
        _socket.Dispose();
    }

    public async ValueTask DisposeAsync()
    {
        await UnbindAsync();
        _unbound.Dispose();
    }

    public override void OnReady(uint events)
    {
        _loop.Watch(this, _fd, 0);
        TaskCompletionSource ready = _ready;
        _ready = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        ready.TrySetResult();
    }

    public override void OnPosted()
    {
        if (_unbound.IsCancellationRequested)
        {
            OnFault(new OperationCanceledException());
        }
        else
        {
            _loop.Watch(this, _fd, Libc.EPOLLIN);
        }
    }

    public override void OnFault(Exception error)
    {
        if (Slot >= 0 && Interest != 0)
        {
            _loop.Watch(this, _fd, 0);
        }

        _loop.Forget(this);
        _forgotten.TrySetResult();
    }

    // A connection that broke while it waited is gone, and the next is tried. Whatever else it is, it may last: without descriptors or memory it does.
    private Task WaitAsync(int error, TaskCompletionSource ready)
    {
        switch (error)
        {
            case Libc.EAGAIN:
                _loop.Post(this);
                return ready.Task;
            case Libc.EINTR or Libc.ECONNABORTED:
                return Task.CompletedTask;
            default:
                return _pause.WaitAsync(Libc.Text(error));
        }
    }
}
