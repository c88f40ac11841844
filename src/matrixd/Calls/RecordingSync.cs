using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Matrixd.Calls;

/// <summary>The thread that now and then waits until what was written survives a power cut, for all recordings at once.</summary>
/// <remarks>
/// One call of the system serves all files: one commit of the file system's journal, where a sync of each file would be hundreds a second. It has a
/// thread of its own, because blocks are written meanwhile, however long the disk takes. At most one is under way, whoever asked for it.
/// </remarks>
#pragma warning disable CA1001 // the queue belongs to the thread, which disposes of it when it ends
internal sealed partial class RecordingSync
#pragma warning restore CA1001
{
    private readonly BlockingCollection<RecordingFile[]> _due = new(1);
    private readonly IRecordingDisk _disk;
    private readonly CallCounters _counters;
    private readonly ILogger _logger;
    private readonly Action<RecordingFile, Exception> _fail;
    private int _isUnderWay; // 1: whoever set it syncs, nobody else
    private bool _isFailing; // belongs to whoever syncs

    /// <param name="disk">Disposed once nothing will be synced any more.</param>
    /// <param name="fail">Told of a file that the disk refused, where files are synced one by one; any thread.</param>
    public RecordingSync(IRecordingDisk disk, CallCounters counters, ILogger logger, Action<RecordingFile, Exception> fail)
    {
        _disk = disk;
        _counters = counters;
        _logger = logger;
        _fail = fail;
        new Thread(Run) { Name = "recordings-sync", IsBackground = true }.Start();
    }

    /// <summary>True while one is under way.</summary>
    public bool IsUnderWay => Volatile.Read(ref _isUnderWay) != 0;

    /// <summary>Begins one without waiting for it.</summary>
    /// <param name="written">Files with something that was not synced; kept until it is done.</param>
    /// <returns>False where one is under way: what was written since it began needs another.</returns>
    public bool TryBegin(RecordingFile[] written)
    {
        if (!TryTurn())
        {
            return false;
        }

        _due.Add(written); // never waits: its turn is ours
        return true;
    }

    /// <summary>Waits for one, unless one is under way or cannot be had. It vouches for nothing: it spares those who sync many files after it most of the work.</summary>
    public void Ease()
    {
        if (TryTurn())
        {
            try
            {
                TrySyncAll();
            }
            finally
            {
                EndTurn();
            }
        }
    }

    /// <summary>Nothing is begun any more. One that is under way is not waited for: it is about recordings that go on, or that have been synced since.</summary>
    public void Complete() => _due.CompleteAdding();

    private bool TryTurn() => Interlocked.CompareExchange(ref _isUnderWay, 1, 0) == 0;

    private void EndTurn() => Volatile.Write(ref _isUnderWay, 0);

    private void Run()
    {
        foreach (RecordingFile[] written in _due.GetConsumingEnumerable())
        {
            if (!TrySyncAll())
            {
                SyncEach(written);
            }

            EndTurn();
        }

        _due.Dispose();
        _disk.Dispose();
    }

    // False where it cannot be had. One that failed is told of, once until one succeeds; which recordings it concerns shows when they end.
    private bool TrySyncAll()
    {
        try
        {
            bool done = _disk.TrySyncAll();
            _isFailing &= !done;
            return done;
        }
#pragma warning disable CA1031 // whatever a disk answers is told; recordings go on, and this thread with them
        catch (Exception e)
#pragma warning restore CA1031
        {
            if (!_isFailing)
            {
                _isFailing = true;
                CallCounters.Add(ref _counters.RecordingFailures);
                LogNotSynced(e.Message);
            }

            return true;
        }
    }

    private void SyncEach(RecordingFile[] written)
    {
        foreach (RecordingFile file in written)
        {
            try
            {
                _disk.Sync(file);
            }
            catch (ObjectDisposedException)
            {
                // it has ended meanwhile, and was synced then
            }
#pragma warning disable CA1031 // whatever a disk answers ends this recording; the others go on
            catch (Exception e)
#pragma warning restore CA1031
            {
                _fail(file, e);
            }
        }
    }

    [LoggerMessage(1022, LogLevel.Error, "recordings: the disk does not take what was written, calls and recordings go on: {Error}. A power cut may lose more than the last seconds; look at the disk")]
    private partial void LogNotSynced(string error);
}
