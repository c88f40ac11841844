using System.Buffers;
using Matrixd.Audio;

namespace Matrixd.Calls;

/// <summary>One recording: blocks go by a bounded queue to the thread of <see cref="RecordingWriter"/>, which alone touches the disk.</summary>
/// <remarks>
/// Each block carries its own offset, so that one that had to be dropped leaves silence and moves nothing. While the call lasts the file is called
/// <c>.wav.part</c>; its name becomes final with its header.
/// </remarks>
internal sealed class RecordingFile(RecordingWriter writer, string path, int sampleRate)
{
    private long _offset; // of the next block, from the first sample
    private bool _hasFailed;

    /// <summary>The final path.</summary>
    public string Path => path;

    public int SampleRate => sampleRate;

    /// <summary>Owned by the writer's thread; null until the first block.</summary>
    internal WavWriter? Wav { get; set; }

    /// <summary>Set by the writer's thread: the disk refused, nothing more is tried.</summary>
    internal bool HasFailed
    {
        get => Volatile.Read(ref _hasFailed);
        set => Volatile.Write(ref _hasFailed, value);
    }

    /// <summary>Owned by the writer's thread.</summary>
    internal bool NeedsSync { get; set; }

    /// <summary>Completes when the file has its final header and name, or has failed.</summary>
    internal TaskCompletionSource Completed { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task Finished => Completed.Task;

    /// <summary>Queues a block, given in two parts; both are copied.</summary>
    public void Append(ReadOnlySpan<byte> head, ReadOnlySpan<byte> rest)
    {
        int length = head.Length + rest.Length;
        byte[] block = ArrayPool<byte>.Shared.Rent(length);
        head.CopyTo(block);
        rest.CopyTo(block.AsSpan(head.Length));
        if (!writer.TryEnqueue(new RecordingBlock(this, block, length, _offset)))
        {
            ArrayPool<byte>.Shared.Return(block);
        }

        _offset += length;
    }

    /// <summary>The call never began: there will be no file.</summary>
    public void Discard() => writer.Forget(this);

    /// <summary>Queues the end of the file.</summary>
    public void Complete() => writer.EnqueueEnd(this, _offset);
}

/// <param name="Buffer">From the shared pool, returned by the writer; null: the file is complete and <paramref name="Offset"/> the length of its data.</param>
internal readonly record struct RecordingBlock(RecordingFile File, byte[]? Buffer, int Length, long Offset);
