using System.Buffers;
using System.IO.Pipelines;
using Matrixd.Memory;

namespace Matrixd.Transport.Loop;

/// <summary>A connection on an event loop, below a link: read through a pipe for its handshake, then straight from the loop's buffer.</summary>
/// <remarks>What arrives is given to the link on the loop's thread, in the call that read it from the socket.</remarks>
internal sealed class LoopTransport : LinkTransport, ILoopReader, IHot
{
    // Small: a 101 and the first frames behind it. Beyond it reading pauses until the link takes over.
    private const int HandshakeBytes = 32 * 1024;

    private readonly TaskCompletionSource<bool> _received = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly LoopConnection _connection;
    private readonly PipeReader _input;
    private readonly bool _isOurs;
    private PipeFeeder? _feeder; // until the pipe is first asked for
    private ILinkReceiver? _receiver;

    /// <summary>A connection that we made; it ends with the transport.</summary>
    public LoopTransport(LoopConnection connection)
    {
        var pipe = new Pipe(new PipeOptions(
            readerScheduler: PipeScheduler.ThreadPool,
            writerScheduler: PipeScheduler.Inline,
            pauseWriterThreshold: HandshakeBytes,
            resumeWriterThreshold: HandshakeBytes / 2,
            useSynchronizationContext: false));
        _connection = connection;
        _input = pipe.Reader;
        _feeder = new PipeFeeder(connection, pipe.Writer, () => { });
        _isOurs = true;
        RemoteEndPoint = connection.RemoteEndPoint;
    }

    /// <summary>A connection of a server's, which ends it.</summary>
    /// <param name="input">The pipe that it is read into.</param>
    /// <param name="remoteEndPoint">The peer, for logs.</param>
    public LoopTransport(LoopConnection connection, PipeReader input, string remoteEndPoint)
    {
        _connection = connection;
        _input = input;
        RemoteEndPoint = remoteEndPoint;
    }

    public override PipeReader Input
    {
        get
        {
            if (_feeder is { } feeder)
            {
                _feeder = null;
                _connection.ReadFor(feeder);
            }

            return _input;
        }
    }

    public override string RemoteEndPoint { get; }

    public LoopConnection Connection => _connection;

    public override Task<bool> ReceiveAsync(ILinkReceiver receiver)
    {
        _receiver = receiver;
        _connection.ReadFor(this);
        return _received.Task;
    }

    public override bool Postpone(Action write) => _connection.Loop.Postpone(write);

    public override SendArena Arena => _connection.Loop.Arena;

    public override bool TryWrite(ReadOnlySpan<byte> bytes, out int taken) => _connection.TryWrite(bytes, out taken);

    public override bool BeginWrite(ReadOnlyMemory<byte> bytes, Action written) => _connection.BeginWrite(bytes, written);

    public override void EndWrite() => _connection.EndWrite();

    public override void Abort() => _connection.Abort();

    public override async ValueTask CloseAsync()
    {
        if (_isOurs)
        {
            await _connection.CloseAsync();
            await _input.CompleteAsync();
        }
    }

    // What was read ahead comes first.
    bool ILoopReader.OnAttached()
    {
        if (_feeder is not null)
        {
            return true;
        }

        bool more = true;
        try
        {
            while (more && _input.TryRead(out ReadResult read))
            {
                more = Deliver(read.Buffer, _receiver!);
                _input.AdvanceTo(read.Buffer.End);
                if (read.IsCompleted)
                {
                    break; // its end is told by the connection
                }
            }
        }
        catch (IOException)
        {
            return false; // the pipe holds what the connection ended with, and tells in OnEnd
        }

        return Took(more);
    }

    bool ILoopReader.OnData(Span<byte> data)
    {
        bool more = _receiver!.OnReceived(data);
        return Took(_receiver.OnBatchEnd() && more);
    }

    void ILoopReader.OnEnd(Exception? error)
    {
        if (error is null)
        {
            _received.TrySetResult(true);
        }
        else
        {
            _received.TrySetException(error);
        }
    }

    private bool Took(bool more)
    {
        if (!more)
        {
            _received.TrySetResult(false);
        }

        return more;
    }

    public override void AddSendingTo(HotSet set)
    {
        set.AddAlone(this);
        _connection.AddSendingTo(set);
    }

    public void AddTo(HotSet set) => set.Add(_receiver);
}
