using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.InteropServices;
using Matrixd.Memory;

namespace Matrixd.Transport;

/// <summary>The bytes below a link: a pipe to read from, one write at a time, and two ways to end.</summary>
internal abstract class LinkTransport
{
    /// <summary>What the peer sends, until <see cref="ReceiveAsync"/> takes the connection over.</summary>
    public abstract PipeReader Input { get; }

    /// <summary>The peer's address and port.</summary>
    public abstract string RemoteEndPoint { get; }

    /// <summary>Gives <paramref name="receiver"/> what the peer sends, from what <see cref="Input"/> still holds on. Called once.</summary>
    /// <returns>True where the peer has ended the connection, or we have cut it; false where the receiver has had enough.</returns>
    /// <exception cref="IOException">It broke.</exception>
    public virtual async Task<bool> ReceiveAsync(ILinkReceiver receiver)
    {
        while (true)
        {
            ReadResult read = await Input.ReadAsync();
            bool more = Deliver(read.Buffer, receiver);
            Input.AdvanceTo(read.Buffer.End);
            if (!more)
            {
                return false;
            }

            if (read.IsCompleted || read.IsCanceled)
            {
                return true;
            }
        }
    }

    /// <summary>Names what a write touches.</summary>
    public virtual void AddSendingTo(HotSet set)
    {
    }

    /// <summary>Puts a write off until what has just been read, from whatever connection, has been worked through: moments, never a wait.</summary>
    /// <param name="write">Called once, soon, on this thread; it does not throw.</param>
    /// <returns>False where there is nothing to wait for: the caller writes.</returns>
    public virtual bool Postpone(Action write) => false;

    /// <summary>Where frames may wait for the end of a loop's round; null: this is no loop's.</summary>
    public virtual SendArena? Arena => null;

    /// <summary>Writes as much as goes at once; no other write is under way.</summary>
    /// <param name="bytes">Read during the call only.</param>
    /// <param name="taken">Bytes that are the transport's, from the first on.</param>
    /// <returns>True where all is written. Otherwise <see cref="BeginWrite"/> follows with the rest, of none perhaps, and ends when all has gone.</returns>
    /// <exception cref="IOException">It failed.</exception>
    public virtual bool TryWrite(ReadOnlySpan<byte> bytes, out int taken)
    {
        taken = 0;
        return false;
    }

    /// <summary>Starts a write of all of <paramref name="bytes"/>; no other is under way.</summary>
    /// <param name="bytes">Untouched until the write has ended.</param>
    /// <param name="written">Called once, from whatever thread ends the write, where it did not end at once.</param>
    /// <returns>True where it ended at once. Either way <see cref="EndWrite"/> follows.</returns>
    public abstract bool BeginWrite(ReadOnlyMemory<byte> bytes, Action written);

    /// <summary>The result of the write: returns, or throws what it failed with.</summary>
    public abstract void EndWrite();

    /// <summary>Writes all of <paramref name="bytes"/>: for handshakes, before a link sends.</summary>
    /// <exception cref="OperationCanceledException"><paramref name="stopping"/> fired; the connection is cut.</exception>
    public async Task WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken stopping)
    {
        using CancellationTokenRegistration cut = stopping.Register(Abort);
        try
        {
            var written = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            if (!BeginWrite(bytes, written.SetResult))
            {
                await written.Task;
            }

            EndWrite();
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException && stopping.IsCancellationRequested)
        {
            throw new OperationCanceledException(e.Message, e, stopping);
        }
    }

    /// <summary>Cuts the connection: reads and writes under way end. Any thread, any number of times.</summary>
    public abstract void Abort();

    /// <summary>Ends the connection once all is written. Called once, after the last read.</summary>
    public abstract ValueTask CloseAsync();

    /// <summary>Gives a batch on, piece by piece.</summary>
    /// <returns>False once nothing more is to be read.</returns>
    protected static bool Deliver(in ReadOnlySequence<byte> buffer, ILinkReceiver receiver)
    {
        if (buffer.IsEmpty)
        {
            return true;
        }

        bool more = true;
        foreach (ReadOnlyMemory<byte> segment in buffer)
        {
            // The pipe hands the bytes over for good: they are consumed whatever happens, so they may be unmasked in place.
            more = more && receiver.OnReceived(MemoryMarshal.AsMemory(segment).Span);
        }

        return receiver.OnBatchEnd() && more;
    }
}
