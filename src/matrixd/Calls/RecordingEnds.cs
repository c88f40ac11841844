using System.Collections.Concurrent;

namespace Matrixd.Calls;

/// <summary>The thread that ends recordings: each is synced, gets its final name, is closed and told of as finished, in this order.</summary>
/// <remarks>It alone waits for the disk to take an end, so that calls that end at once hold up no block of the others.</remarks>
#pragma warning disable CA1001 // the queue belongs to the thread, which disposes of it when it ends
internal sealed class RecordingEnds
#pragma warning restore CA1001
{
    // More recordings that have ended than this wait for the disk: it is stuck. The writer then waits too, and its queue drops and counts; each has a descriptor.
    private const int MaxWaiting = 1024;

    // So many that end at once are synced one by one, which is quicker: a sync of all waits for whatever else is written on that file system.
    private const int Few = 4;

    private readonly BlockingCollection<RecordingFile> _ended = new(MaxWaiting);
    private readonly List<RecordingFile> _batch = new(MaxWaiting); // belongs to the thread
    private readonly RecordingSync _sync;
    private readonly IRecordingDisk _disk;
    private readonly Action<RecordingFile, Exception> _fail;
    private readonly Action<RecordingFile> _finished;
    private readonly TaskCompletionSource _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <param name="fail">Told of a file that the disk refused.</param>
    /// <param name="finished">Told of each file once it is closed.</param>
    public RecordingEnds(RecordingSync sync, IRecordingDisk disk, Action<RecordingFile, Exception> fail, Action<RecordingFile> finished)
    {
        _sync = sync;
        _disk = disk;
        _fail = fail;
        _finished = finished;
        new Thread(Run) { Name = "recordings-ends", IsBackground = true }.Start();
    }

    /// <summary>Completes after <see cref="Complete"/>, when all files are closed.</summary>
    public Task Completion => _completion.Task;

    /// <summary>Takes a file that nothing more is written to, and closes it. One that is whole and has not failed gets its name. Waits where too many wait.</summary>
    public void Add(RecordingFile file) => _ended.Add(file);

    /// <summary>Nothing is added any more.</summary>
    public void Complete() => _ended.CompleteAdding();

    private void Run()
    {
        foreach (RecordingFile first in _ended.GetConsumingEnumerable())
        {
            _batch.Add(first);
            while (_batch.Count < MaxWaiting && _ended.TryTake(out RecordingFile? next))
            {
                _batch.Add(next);
            }

            if (_batch.Count > Few)
            {
                _sync.Ease();
            }

            _batch.ForEach(End);
            _batch.Clear();
        }

        _sync.Complete();
        _ended.Dispose();
        _completion.SetResult();
    }

    private void End(RecordingFile file)
    {
        try
        {
            if (file is { IsWhole: true, HasFailed: false })
            {
                _disk.Sync(file);
                File.Move(file.Path + RecordingRepair.PartSuffix, file.Path, overwrite: false);
            }
        }
#pragma warning disable CA1031 // whatever a disk answers concerns this recording; the thread ends those of all other calls
        catch (Exception e)
#pragma warning restore CA1031
        {
            _fail(file, e);
        }

        file.Wav?.Dispose();
        _finished(file);
    }
}
