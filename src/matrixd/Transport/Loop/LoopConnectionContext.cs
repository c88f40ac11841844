using System.IO.Pipelines;
using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;

namespace Matrixd.Transport.Loop;

/// <summary>A connection as Kestrel sees it: two pipes, fed and emptied by an event loop.</summary>
/// <remarks>
/// Made by the listener, disposed of by Kestrel, which ends the connection. HTTP runs on the pool: a page that takes its time stops no
/// call. A WebSocket in the clear is taken over from the pipes by <see cref="LoopTransport"/>; one inside Kestrel's TLS stays on them.
/// </remarks>
internal sealed class LoopConnectionContext : ConnectionContext,
    IConnectionIdFeature, IConnectionTransportFeature, IConnectionItemsFeature, IConnectionLifetimeFeature, IConnectionEndPointFeature
{
    // Requests are small; beyond this the peer waits until Kestrel has read.
    private const int InputBytes = 32 * 1024;

    private readonly LoopConnection _connection;
    private readonly CancellationTokenSource _closed = new();
    private readonly Pipe _input;
    private readonly Pipe _output;
    private readonly Duplex _pipes;
    private Task _pumping = Task.CompletedTask;
    private string? _id;
    private IDictionary<object, object?>? _items;

    /// <param name="loop">Where it lives.</param>
    /// <param name="fd">Accepted; owned.</param>
    public LoopConnectionContext(EventLoop loop, int fd, IPEndPoint? peer)
    {
        RemoteEndPoint = peer;
        LocalEndPoint = LoopSocket.LocalEndPoint(fd);
        _connection = new LoopConnection(loop, fd, "");
        LoopScheduler scheduler = new(loop);
        Scheduler = scheduler;
        _input = new Pipe(new PipeOptions(
            readerScheduler: scheduler, writerScheduler: PipeScheduler.Inline, pauseWriterThreshold: InputBytes, resumeWriterThreshold: InputBytes / 2, useSynchronizationContext: false));

        // A flush ends when the socket has taken everything: then a WebSocket's frames cannot overtake its 101.
        _output = new Pipe(new PipeOptions(
            readerScheduler: PipeScheduler.Inline, writerScheduler: scheduler, pauseWriterThreshold: 1, resumeWriterThreshold: 1, useSynchronizationContext: false));
        _pipes = new Duplex(_input.Reader, _output.Writer);
        Transport = _pipes;
        Features = new FeatureCollection(8);
        Features.Set<IConnectionIdFeature>(this);
        Features.Set<IConnectionTransportFeature>(this);
        Features.Set<IConnectionItemsFeature>(this);
        Features.Set<IConnectionLifetimeFeature>(this);
        Features.Set<IConnectionEndPointFeature>(this);
        Features.Set(this);
    }

    public override string ConnectionId
    {
        get => _id ??= Guid.NewGuid().ToString("N");
        set => _id = value;
    }

    public override IDuplexPipe Transport { get; set; }

    public override IFeatureCollection Features { get; }

    public override IDictionary<object, object?> Items
    {
        get => _items ??= new ConnectionItems();
        set => _items = value;
    }

    public override CancellationToken ConnectionClosed
    {
        get => _closed.Token;
        set => throw new NotSupportedException("the connection's end is its own");
    }

    public override EndPoint? LocalEndPoint { get; set; }

    public override EndPoint? RemoteEndPoint { get; set; }

    /// <summary>Where Kestrel's reads and writes go on.</summary>
    public LoopScheduler Scheduler { get; }

    /// <summary>The connection below a WebSocket that this has become.</summary>
    /// <param name="remoteEndPoint">The peer, for logs.</param>
    /// <param name="sendBytes">What the kernel may hold of what was sent; 0: as much as it likes.</param>
    /// <returns>Null where TLS lies between: then what is Kestrel's transport now is the way, on the loop's thread from here on.</returns>
    public LoopTransport? TakeOver(string remoteEndPoint, int sendBytes)
    {
        if (sendBytes > 0)
        {
            _connection.LimitSending(sendBytes);
        }

        if (!ReferenceEquals(Transport, _pipes))
        {
            Scheduler.IsInline = true;
            return null;
        }

        return new LoopTransport(_connection, _input.Reader, remoteEndPoint);
    }

    /// <summary>Begins to read and write. Called once.</summary>
    public void Start()
    {
        _connection.ReadFor(new PipeFeeder(_connection, _input.Writer, OnEnded));
        _pumping = PumpAsync();
    }

    public override void Abort() => _connection.Abort();

    public override void Abort(ConnectionAbortedException abortReason) => _connection.Abort();

    public override async ValueTask DisposeAsync()
    {
        await _pipes.Input.CompleteAsync();
        await _pipes.Output.CompleteAsync();
        await _pumping;
        await _connection.CloseAsync();
        await _closed.CancelAsync();
        _closed.Dispose();
        await base.DisposeAsync();
    }

    // On the loop's thread: whoever waits for the connection's end is told elsewhere.
    private void OnEnded() => ThreadPool.UnsafeQueueUserWorkItem(static context => context.TellEnded(), this, preferLocal: false);

    private void TellEnded()
    {
        try
        {
            _closed.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // Kestrel knew it already, and is through with it
        }
    }

    private async Task PumpAsync()
    {
        PipeReader output = _output.Reader;
        PipeWrite write = new(_connection);
        try
        {
            ReadResult read;
            do
            {
                read = await output.ReadAsync();
                foreach (ReadOnlyMemory<byte> piece in read.Buffer)
                {
                    await write.WriteAsync(piece);
                }

                output.AdvanceTo(read.Buffer.End);
            }
            while (!read.IsCompleted);

            await output.CompleteAsync();
        }
        catch (IOException)
        {
            await output.CompleteAsync(); // Kestrel's flush tells it that nobody reads any more
            _connection.Abort();
        }
    }

    private sealed record Duplex(PipeReader Input, PipeWriter Output) : IDuplexPipe;
}
