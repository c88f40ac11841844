using System.Buffers;
using Matrixd.Audio;

namespace Matrixd.Calls;

/// <summary>One recording: blocks go by a bounded queue to the thread of <see cref="RecordingWriter"/>, which alone writes.</summary>
/// <remarks>
/// Two more threads wait for the disk: <see cref="RecordingSync"/>, and <see cref="RecordingEnds"/>, which gives the file its name. Each block carries
/// its own offset, so that one that had to be dropped leaves silence and moves nothing. While the call lasts the file is called <c>.wav.part</c>; its
/// name becomes final with its header.
/// </remarks>
internal sealed class RecordingFile(RecordingWriter writer, string path, int sampleRate)
{
    private const int InstantBytes = 2 * sizeof(short);

    private long _offset; // of the next block, from the first sample
    private bool _hasFailed;

    /// <summary>The final path.</summary>
    public string Path => path;

    public int SampleRate => sampleRate;

    /// <summary>The writer's thread makes it with the first block and writes; the one that ends recordings closes it.</summary>
    internal WavWriter? Wav { get; set; }

    /// <summary>The disk refused, nothing more is tried.</summary>
    internal bool HasFailed => Volatile.Read(ref _hasFailed);

    /// <summary>Owned by the writer's thread: something was written since the last sync.</summary>
    internal bool NeedsSync { get; set; }

    /// <summary>Set by the writer's thread: length and header are right, the name follows once they survive a power cut.</summary>
    internal bool IsWhole { get; set; }

    /// <summary>Completes when the file has its final header and name, or has failed.</summary>
    internal TaskCompletionSource Completed { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task Finished => Completed.Task;

    /// <summary>A block to fill: both sides side by side. It goes back by <see cref="Append"/>.</summary>
    /// <param name="instants">Samples of each side.</param>
    /// <param name="length">Of what is to be filled; the block may be longer [bytes].</param>
    public static byte[] Rent(int instants, out int length)
    {
        length = instants * InstantBytes;
        return ArrayPool<byte>.Shared.Rent(length);
    }

    /// <summary>Queues a block.</summary>
    /// <param name="block">From <see cref="Rent"/>; whoever takes it out of the queue gives it back to the pool.</param>
    /// <param name="length">[bytes]</param>
    public void Append(byte[] block, int length)
    {
        if (!writer.TryEnqueue(new RecordingBlock(this, block, length, _offset)))
        {
            ArrayPool<byte>.Shared.Return(block);
        }

        _offset += length;
    }

    /// <summary>The disk refused.</summary>
    /// <returns>False where that was known.</returns>
    internal bool TryFail() => !Interlocked.Exchange(ref _hasFailed, true);

    /// <summary>The call never began: there will be no file.</summary>
    public void Discard() => writer.Forget(this);

    /// <summary>Queues the end of the file.</summary>
    public void Complete() => writer.EnqueueEnd(this, _offset);
}

/// <param name="Buffer">From the shared pool, returned by the writer; null: the file is complete and <paramref name="Offset"/> the length of its data.</param>
internal readonly record struct RecordingBlock(RecordingFile File, byte[]? Buffer, int Length, long Offset);
