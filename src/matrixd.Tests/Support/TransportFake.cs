using System.IO.Pipelines;
using Matrixd.Transport;

namespace Matrixd.Tests.Support;

/// <summary>The bytes below a link, in the test's hand: what is read, and when a write ends and how.</summary>
internal sealed class TransportFake : LinkTransport
{
    private readonly Pipe _input = new();
    private readonly TaskCompletionSource _held = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Action? _written;
    private Exception? _failure;

    /// <summary>Everything written so far, the write under way included.</summary>
    public List<byte> Output { get; } = [];

    /// <summary>Writes stay under way until <see cref="EndHeldWrite"/>.</summary>
    public bool Hold { get; set; }

    /// <summary>Completes with the first write that is held.</summary>
    public Task HeldAsync() => _held.Task.WaitAsync(TimeSpan.FromSeconds(10));

    public int Writes { get; private set; }

    public bool Aborted { get; private set; }

    public bool Closed { get; private set; }

    public override PipeReader Input => _input.Reader;

    public override string RemoteEndPoint => "192.0.2.1:4242";

    public override bool BeginWrite(ReadOnlyMemory<byte> bytes, Action written)
    {
        Output.AddRange(bytes.Span);
        Writes++;
        if (!Hold)
        {
            return true;
        }

        _written = written;
        _held.TrySetResult();
        return false;
    }

    public override void EndWrite()
    {
        if (_failure is not null)
        {
            throw _failure;
        }
    }

    public void EndHeldWrite(Exception? failure = null)
    {
        Action written = _written ?? throw new InvalidOperationException("no write is under way");
        _written = null;
        _failure = failure;
        written();
    }

    /// <summary>The peer sends.</summary>
    public async Task ReceiveAsync(byte[] bytes) => await _input.Writer.WriteAsync(bytes);

    public override void Abort()
    {
        Aborted = true;
        _input.Reader.CancelPendingRead();
    }

    public override ValueTask CloseAsync()
    {
        Closed = true;
        return ValueTask.CompletedTask;
    }
}
