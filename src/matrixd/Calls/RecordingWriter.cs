using System.Buffers;
using Matrixd.Audio;
using Microsoft.Extensions.Logging;
using Microsoft.Win32.SafeHandles;

namespace Matrixd.Calls;

/// <summary>The one thread that writes all recordings.</summary>
/// <remarks>
/// Calls hand blocks over and never wait. Where the disk falls behind, blocks are dropped and counted (the recording has silence there); where it
/// refuses, the recording ends, the call goes on. Directories and files are private to the daemon's user. A thread of its own, not the pool's:
/// a disk that hangs must hold up nothing else. What waits until the disk has taken something is done by two more: <see cref="RecordingSync"/>
/// for the recordings that go on, <see cref="RecordingEnds"/> for those that end.
/// </remarks>
internal sealed partial class RecordingWriter : IAsyncDisposable
{
    // A kill loses nothing that was written; only a power cut loses what was not synced. The kernel by itself would write it after half a minute.
    private static readonly TimeSpan s_syncEvery = TimeSpan.FromSeconds(5);

    private readonly RecordingQueue _blocks = new();
    private readonly Lock _gate = new(); // guards _names, which calls and the writer's thread share
    private readonly HashSet<string> _names = []; // given to a call and not final yet
    private readonly HashSet<RecordingFile> _open = [];
    private readonly string _directory;
    private readonly TimeProvider _clock;
    private readonly CallCounters _counters;
    private readonly ILogger _logger;
    private readonly RecordingSync _sync;
    private readonly RecordingEnds _ends;
    private long _lastSync;

    /// <param name="disk">Disposed with this; null: the one under the directory.</param>
    public RecordingWriter(string directory, TimeProvider clock, CallCounters counters, ILogger<RecordingWriter> logger, IRecordingDisk? disk = null)
    {
        disk ??= new RecordingDisk(directory);
        _directory = directory;
        _clock = clock;
        _counters = counters;
        _logger = logger;
        _lastSync = clock.GetTimestamp();
        _sync = new RecordingSync(disk, counters, logger, Fail);
        _ends = new RecordingEnds(_sync, disk, Fail, Finished);
        new Thread(Run) { Name = "recordings", IsBackground = true }.Start();
    }

    /// <summary>Blocks that wait for the disk.</summary>
    public int Backlog => _blocks.Count;

    /// <summary>Begins a recording: <c>{directory}/{yyyy-MM-dd}/{call_sid}.wav</c>, with a number where the call had an earlier stream.</summary>
    public RecordingFile Open(CallSid callSid, int sampleRate)
    {
        string day = Path.Combine(_directory, _clock.GetLocalNow().ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture));
        string path = Path.Combine(day, $"{callSid}.wav");
        lock (_gate)
        {
            // A file appears with its first block only: the names given out count as well.
            for (int stream = 2; _names.Contains(path) || File.Exists(path) || File.Exists(path + RecordingRepair.PartSuffix); stream++)
            {
                path = Path.Combine(day, $"{callSid}-{stream}.wav");
            }

            _names.Add(path);
        }

        return new RecordingFile(this, path, sampleRate);
    }

    /// <summary>Takes a block, or drops and counts it where the disk is behind.</summary>
    public bool TryEnqueue(RecordingBlock block)
    {
        bool taken = _blocks.TryAdd(block);
        if (!taken)
        {
            CallCounters.Add(ref _counters.RecordingBlocksDropped);
        }

        return taken;
    }

    /// <summary>Takes the end of a file, which is never dropped.</summary>
    public void EnqueueEnd(RecordingFile file, long dataBytes)
    {
        if (!_blocks.TryAdd(new RecordingBlock(file, null, 0, dataBytes)))
        {
            file.Completed.TrySetResult(); // the writer has ended: the next start repairs the file
        }
    }

    /// <summary>The name is free again: nothing will be written under it, or the file has it.</summary>
    public void Forget(RecordingFile file)
    {
        lock (_gate)
        {
            _names.Remove(file.Path);
        }
    }

    /// <summary>Writes what is queued, ends what has ended, and waits for that.</summary>
    public async ValueTask DisposeAsync()
    {
        _blocks.Complete();
        await _ends.Completion;
        _blocks.Dispose();
    }

    private void Run()
    {
        while (_blocks.Wait())
        {
            while (_blocks.TryTake(out RecordingBlock block))
            {
                Take(block);
            }

            SyncWhereDue();
        }

        foreach (RecordingFile file in _open)
        {
            _ends.Add(file); // its .part is repaired at the next start
        }

        _ends.Complete();
    }

    private void Take(RecordingBlock block)
    {
        RecordingFile file = block.File;
        try
        {
            if (!file.HasFailed)
            {
                Write(file, block);
            }
        }
#pragma warning disable CA1031 // whatever a disk answers ends this recording; the thread writes those of all other calls
        catch (Exception e)
#pragma warning restore CA1031
        {
            Fail(file, e);
        }
        finally
        {
            if (block.Buffer is not null)
            {
                ArrayPool<byte>.Shared.Return(block.Buffer);
            }
            else
            {
                _open.Remove(file);
                _ends.Add(file);
            }
        }
    }

    // Any of the three threads.
    private void Fail(RecordingFile file, Exception e)
    {
        if (file.TryFail())
        {
            CallCounters.Add(ref _counters.RecordingFailures);
            LogFailed(file.Path, e.Message);
        }
    }

    private void Finished(RecordingFile file)
    {
        Forget(file);
        file.Completed.TrySetResult();
    }

    private void Write(RecordingFile file, RecordingBlock block)
    {
        file.Wav ??= Create(file);
        if (block.Buffer is not null)
        {
            file.Wav.Write(block.Offset, block.Buffer.AsSpan(0, block.Length));
            file.NeedsSync = true;
            return;
        }

        file.Wav.End(block.Offset); // where its last block was dropped, with silence
        file.IsWhole = true;
    }

    private WavWriter Create(RecordingFile file)
    {
        string day = Path.GetDirectoryName(file.Path)!;
        Directory.CreateDirectory(day, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        SafeFileHandle handle = File.OpenHandle(file.Path + RecordingRepair.PartSuffix, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.Read);
        try
        {
            File.SetUnixFileMode(handle, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            file.Wav = new WavWriter(handle, file.SampleRate, channels: 2);
        }
        catch
        {
            handle.Dispose();
            throw;
        }

        _open.Add(file);
        return file.Wav;
    }

    private void SyncWhereDue()
    {
        if (_sync.IsUnderWay || _clock.GetElapsedTime(_lastSync) < s_syncEvery)
        {
            return;
        }

        RecordingFile[] written = [.. _open.Where(file => file is { NeedsSync: true, HasFailed: false })];
        if (written.Length == 0 || !_sync.TryBegin(written))
        {
            return;
        }

        _lastSync = _clock.GetTimestamp();
        foreach (RecordingFile file in written)
        {
            file.NeedsSync = false;
        }
    }

    [LoggerMessage(1020, LogLevel.Error, "recording {Path} stopped, its call goes on: {Error}")]
    private partial void LogFailed(string path, string error);
}
