namespace Matrixd.Calls;

/// <summary>What makes recordings survive a power cut. Both calls wait for the disk, however long it takes; any thread.</summary>
internal interface IRecordingDisk : IDisposable
{
    /// <summary>Syncs all that has been written, by whomever, on the recordings' file system.</summary>
    /// <returns>False where that cannot be had, or not be relied on: each file has to be synced.</returns>
    /// <exception cref="IOException">Some of what was written since the last time is lost; which, each file's own sync tells.</exception>
    bool TrySyncAll();

    /// <summary>Syncs one file.</summary>
    /// <exception cref="IOException">Some of what was written to it is lost.</exception>
    /// <exception cref="ObjectDisposedException">It has been closed.</exception>
    void Sync(RecordingFile file);
}
