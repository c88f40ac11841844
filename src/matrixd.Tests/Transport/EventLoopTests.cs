using System.Net;
using System.Net.Sockets;
using Matrixd.Tests.Support;
using Matrixd.Timing;
using Matrixd.Transport.Loop;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Matrixd.Tests.Transport;

/// <summary>The loop itself: posts, timers, faults, stalls, its end.</summary>
public sealed class EventLoopTests : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);
    private readonly TransportLoopOwner _owner = new();
    private readonly VirtualTime _time = new();
    private readonly TimerWheel _wheel;
    private readonly EventLoop _loop;

    public EventLoopTests()
    {
        _wheel = new TimerWheel(_time);
        _loop = new EventLoop("the loop", _wheel, _owner);
        _loop.Start();
    }

    public void Dispose() => _loop.Dispose();

    [Fact]
    public async Task What_is_posted_runs_on_the_loop_s_thread_and_what_it_begins_knows_where_it_began()
    {
        EventLoop? current = null;
        Task<EventLoop?>? begun = null;
        var handler = new Handler(() =>
        {
            current = EventLoop.Current;
            begun = Task.Run(() => EventLoop.Current is null ? EventLoop.Home : null);
        });

        _loop.Post(handler);

        await handler.Ran;
        Assert.Same(_loop, current);
        Assert.Same(_loop, await begun!);
        Assert.Null(EventLoop.Current);
        Assert.Null(EventLoop.Home);
    }

    [Fact]
    public async Task Posting_often_is_running_once_and_posting_again_is_running_again()
    {
        var first = new TaskCompletionSource();
        int runs = 0;
        var busy = new Handler(() => Assert.True(first.Task.Wait(s_patience)));
        var handler = new Handler(() => runs++);
        _loop.Post(busy);
        for (int i = 0; i < 1000; i++)
        {
            _loop.Post(handler);
        }

        first.SetResult();
        await handler.Ran;
        await BarrierAsync();
        Assert.Equal(1, runs);

        _loop.Post(handler);
        await BarrierAsync();
        Assert.Equal(2, runs);
    }

    [Fact]
    public async Task No_post_is_lost_from_many_threads()
    {
        int[] runs = new int[8];
        Handler[] handlers = [.. Enumerable.Range(0, 8).Select(i => new Handler(() => runs[i]++))];
        await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Task.Run(() =>
        {
            for (int n = 1; n <= 2000; n++)
            {
                _loop.Post(handlers[i]);
                Assert.True(SpinWait.SpinUntil(() => Volatile.Read(ref runs[i]) >= n, s_patience)); // each waits for its own: a lost wake-up would hang it
            }
        })));

        Assert.All(runs, count => Assert.Equal(2000, count));
    }

    [Fact]
    public async Task Timers_fire_on_the_loop_s_thread_and_a_fault_of_one_stops_no_other()
    {
        var fired = new TaskCompletionSource<EventLoop?>(TaskCreationOptions.RunContinuationsAsynchronously);
        _wheel.Set(new WheelTimer(() => throw new InvalidOperationException("bug")), TimeSpan.FromMilliseconds(20));
        _wheel.Set(new WheelTimer(() => fired.SetResult(EventLoop.Current)), TimeSpan.FromMilliseconds(40));

        _time.Advance(TimeSpan.FromMilliseconds(20));
        await Eventually.TrueAsync(() => _owner.Heard.Count == 1, "the fault is told");
        _time.Advance(TimeSpan.FromMilliseconds(20));

        Assert.Same(_loop, await fired.Task.WaitAsync(s_patience));
        Assert.Equal(["timer: bug"], _owner.Heard);
    }

    [Fact]
    public async Task A_handler_that_throws_is_over_and_the_loop_goes_on()
    {
        var bad = new Handler(() => throw new InvalidOperationException("bug"));

        _loop.Post(bad);

        Assert.Equal("bug", (await bad.Faulted).Message);
        await BarrierAsync();
        Assert.Equal(["handler: bug"], _owner.Heard);
    }

    [Fact]
    public async Task A_loop_that_stood_still_is_told()
    {
        var slow = new Handler(() => _time.Advance(TimeSpan.FromMilliseconds(150)));

        _loop.Post(slow);

        await Eventually.TrueAsync(() => _owner.Heard.Count > 0, "the stall is told");
        Assert.Equal(["the loop stalled for 150 ms"], _owner.Heard);
    }

    [Fact]
    public async Task The_loop_s_end_ends_its_connections_and_what_is_asked_of_them_later_fails()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var connection = new LoopConnection(_loop, LoopSocket.Open(AddressFamily.InterNetwork), "peer");
        await connection.StepAsync(new ConnectStep((IPEndPoint)listener.LocalEndpoint), null, CancellationToken.None).WaitAsync(s_patience);
        using Socket peer = await listener.AcceptSocketAsync();
        var reader = new Reader();
        connection.ReadFor(reader);
        await peer.SendAsync("hello"u8.ToArray());
        Assert.Equal("hello", await reader.Heard.WaitAsync(s_patience));

        _loop.Dispose();

        Assert.NotNull(await reader.Ended.WaitAsync(s_patience));
        await connection.Closed.WaitAsync(s_patience);
        var written = new TaskCompletionSource();
        Assert.False(connection.BeginWrite(new byte[1], written.SetResult));
        await written.Task.WaitAsync(s_patience);
        Assert.Throws<IOException>(connection.EndWrite);
        connection.Abort();
        await connection.CloseAsync().WaitAsync(s_patience);
        var late = new LoopConnection(_loop, LoopSocket.Open(AddressFamily.InterNetwork), "peer");
        await Assert.ThrowsAsync<IOException>(() => late.StepAsync(new ConnectStep((IPEndPoint)listener.LocalEndpoint), null, CancellationToken.None));
    }

    [Fact]
    public async Task The_first_address_that_answers_wins()
    {
        using var listener = new TcpListener(IPAddress.Parse("127.0.0.2"), 0);
        listener.Start();
        int port = ((IPEndPoint)listener.LocalEndpoint).Port;
        IPAddress[] addresses = [IPAddress.Parse("192.0.2.1"), IPAddress.Parse("127.0.0.3"), IPAddress.Parse("127.0.0.2")];

        Matrixd.Transport.LinkTransport transport = await new LoopDialGround(_loop).ConnectAsync(addresses, port, CancellationToken.None).WaitAsync(s_patience);

        Assert.Equal($"127.0.0.2:{port}", transport.RemoteEndPoint);
        using Socket peer = await listener.AcceptSocketAsync();
        await transport.CloseAsync();
        Assert.Equal(0, await peer.ReceiveAsync(new byte[1]).WaitAsync(s_patience));
    }

    [Fact]
    public async Task A_port_that_is_taken_is_told_as_Kestrel_knows_it()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using EventLoops loops = EventLoops.Create(1, wheel: null, NullLogger<EventLoops>.Instance)!;

        await Assert.ThrowsAsync<AddressInUseException>(async () => await new LoopListenerFactory(loops, NullLoggerFactory.Instance).BindAsync(listener.LocalEndpoint));
    }

    [Fact]
    public void A_socket_is_told_to_notice_a_dead_peer()
    {
        using var socket = new Socket(new SafeSocketHandle(LoopSocket.Open(AddressFamily.InterNetwork), ownsHandle: true));

        Assert.True(socket.NoDelay);
        Assert.NotEqual(0, (int)socket.GetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive)!);
        Assert.Equal(30, (int)socket.GetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime)!);
        Assert.Equal(10, (int)socket.GetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval)!);
        Assert.Equal(3, (int)socket.GetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount)!);
        byte[] timeout = new byte[4];
        socket.GetRawSocketOption(6, 18, timeout);
        Assert.Equal(20_000, BitConverter.ToInt32(timeout));
    }

    private Task BarrierAsync()
    {
        var barrier = new Handler(() => { });
        _loop.Post(barrier);
        return barrier.Ran;
    }

    private sealed class Handler(Action run) : LoopHandler
    {
        private readonly TaskCompletionSource _ran = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource<Exception> _faulted = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Ran => _ran.Task.WaitAsync(s_patience);

        public Task<Exception> Faulted => _faulted.Task.WaitAsync(s_patience);

        public override void OnPosted()
        {
            run();
            _ran.TrySetResult();
        }

        public override void OnFault(Exception error) => _faulted.TrySetResult(error);
    }

    private sealed class Reader : ILoopReader
    {
        private readonly TaskCompletionSource<string> _heard = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource<Exception?> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task<string> Heard => _heard.Task;

        public Task<Exception?> Ended => _ended.Task;

        public bool OnAttached() => true;

        public bool OnData(Span<byte> data)
        {
            _heard.TrySetResult(System.Text.Encoding.ASCII.GetString(data));
            return true;
        }

        public void OnEnd(Exception? error) => _ended.TrySetResult(error);
    }
}
