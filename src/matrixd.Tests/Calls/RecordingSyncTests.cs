using Matrixd.Audio;
using Matrixd.Calls;
using Matrixd.Tests.Support;
using Microsoft.Extensions.Logging;
using Xunit;

namespace Matrixd.Tests.Calls;

/// <summary>How recordings come to survive a power cut, and that waiting for it holds up nothing. T4, T13: a disk that is slow, that refuses.</summary>
public sealed class RecordingSyncTests : IDisposable
{
    private const int Instants = 200;
    private const int BlockBytes = Instants * 4;

    private readonly string _directory = Directory.CreateTempSubdirectory("matrixd-recordings-").FullName;
    private readonly CallsRecordingDisk _disk = new();
    private readonly CallsClock _clock = new();
    private readonly CallCounters _counters = new();
    private readonly ListLoggers _loggers = new();
    private readonly ManualResetEventSlim _letGo = new();

    public void Dispose()
    {
        _letGo.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    [Fact]
    public async Task One_sync_serves_all_recordings_and_comes_every_five_seconds()
    {
        await using RecordingWriter writer = Writer();
        RecordingFile[] files = Open(writer, 20);
        await WriteAsync(files);
        Assert.Empty(_disk.Steps);

        _clock.Advance(TimeSpan.FromSeconds(5));
        await WriteAsync(files);
        await Eventually.TrueAsync(() => _disk.Steps.Length > 0, "a sync");
        _clock.Advance(TimeSpan.FromSeconds(4.9));
        await WriteAsync(files);
        await EndAsync(files[0]); // what was to be done after the blocks has been done

        Assert.Equal(["all", "call-0"], _disk.Steps);
    }

    [Fact]
    public async Task A_sync_that_fails_is_told_and_counted_once_and_recordings_go_on()
    {
        await using RecordingWriter writer = Writer();
        RecordingFile[] files = Open(writer, 10);
        _disk.All = () => throw new IOException("Input/output error");
        for (int sync = 1; sync <= 4; sync++)
        {
            await NextSyncAsync(files, sync);
        }

        await Eventually.TrueAsync(() => _counters.RecordingFailures > 0 && _loggers.Lines.Count > 0, "it is told");
        Assert.Equal(1, _counters.RecordingFailures);
        Assert.Contains("1022", Assert.Single(_loggers.Lines), StringComparison.Ordinal);
        _disk.All = () => true;
        await NextSyncAsync(files, 5);
        _disk.All = () => throw new IOException("No space left on device");
        await NextSyncAsync(files, 6);
        await Eventually.TrueAsync(() => _loggers.Lines.Count == 2, "another failure is told again");
        await EndAsync(files);

        Assert.Equal(2, _counters.RecordingFailures);
        Assert.All(files, file => Assert.True(File.Exists(file.Path) && !file.HasFailed));
    }

    [Fact]
    public async Task A_sync_that_takes_long_holds_up_neither_blocks_nor_ends_and_is_alone()
    {
        await using RecordingWriter writer = Writer();
        RecordingFile[] files = Open(writer, 10);
        await WriteAsync(files);
        _disk.All = Stuck;
        await NextSyncAsync(files, 1);
        for (int i = 0; i < 3; i++)
        {
            _clock.Advance(TimeSpan.FromSeconds(5));
            await WriteAsync(files);
        }

        await EndAsync(files[..8]); // so many at once that one sync of all would serve them
        Assert.Equal(1, _disk.Alls);
        Assert.Equal(0, _counters.RecordingBlocksDropped);
        _letGo.Set();
        await NextSyncAsync(files[8..], 2);
        Assert.Equal(1, _disk.MostAtOnce);
    }

    [Fact]
    public async Task An_end_that_takes_long_holds_up_no_block_of_the_others()
    {
        await using RecordingWriter writer = Writer();
        RecordingFile[] files = Open(writer, 5);
        await WriteAsync(files);
        _disk.One = _ => CallsRecordingDisk.Wait(_letGo);
        files[0].Complete();
        await Eventually.TrueAsync(() => _disk.Steps.Length == 1, "its end has begun");

        await WriteAsync(files[1..]);
        await WriteAsync(files[1..]);
        Assert.False(files[0].Finished.IsCompleted || File.Exists(files[0].Path));
        _letGo.Set();
        await EndAsync(files[1..]);
        await files[0].Finished.WaitAsync(TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task A_recording_has_its_name_once_it_is_durable_and_is_finished_once_it_has_it()
    {
        await using RecordingWriter writer = Writer();
        RecordingFile[] files = Open(writer, 12);
        await WriteAsync(files);
        List<string> wrong = [];
        _disk.One = file =>
        {
            // Whole, and not named: a power cut now leaves what the next start repairs, one after this leaves all of it.
            string part = file.Path + RecordingRepair.PartSuffix;
            if (!File.Exists(part) || File.Exists(file.Path) || file.Finished.IsCompleted || SamplesOf(part) != 2 * Instants)
            {
                wrong.Add(file.Path);
            }
        };
        await Task.WhenAll(files.Select(async file =>
        {
            file.Complete();
            await file.Finished.WaitAsync(TimeSpan.FromSeconds(30));
            Assert.True(File.Exists(file.Path) && !File.Exists(file.Path + RecordingRepair.PartSuffix));
        }));

        Assert.Empty(wrong);
        Assert.Equal(0, _counters.RecordingFailures);
        Assert.Equal(files.Length, _disk.Steps.Count(step => step != "all"));
    }

    [Fact]
    public async Task Many_that_end_at_once_are_served_by_one_sync_before_each_has_its_own()
    {
        await using RecordingWriter writer = Writer();
        RecordingFile[] files = Open(writer, 30);
        await WriteAsync(files);
        _disk.One = _ => CallsRecordingDisk.Wait(_letGo);
        files[0].Complete();
        await Eventually.TrueAsync(() => _disk.Steps.Length == 1, "its end has begun");
        foreach (RecordingFile file in files[1..])
        {
            file.Complete();
        }

        // Ends stand in the queue of the blocks: this one's is behind theirs.
        RecordingFile last = writer.Open(CallSid.Parse("last"), 8000);
        await WriteAsync(last);
        _letGo.Set();
        await Task.WhenAll(files.Select(file => file.Finished)).WaitAsync(TimeSpan.FromSeconds(30));

        Assert.Equal(["call-0", "all", .. Enumerable.Range(1, 29).Select(i => $"call-{i}")], _disk.Steps);
    }

    [Fact]
    public async Task Where_all_cannot_be_synced_at_once_each_is_and_one_that_is_refused_ends_alone()
    {
        await using RecordingWriter writer = Writer();
        RecordingFile[] files = Open(writer, 6);
        await WriteAsync(files);
        _disk.All = () => false;
        _disk.One = file =>
        {
            if (file.Path.Contains("call-3", StringComparison.Ordinal))
            {
                throw new IOException("Input/output error");
            }
        };
        await NextSyncAsync(files, 1);
        await Eventually.TrueAsync(() => _disk.Steps.Length == 7, "each is synced");
        await Eventually.TrueAsync(() => _loggers.Lines.Count == 1, "one was refused");

        await WriteAsync([.. files.Where(file => !file.HasFailed)]);
        await EndAsync(files);
        Assert.Equal(1, _counters.RecordingFailures);
        Assert.Equal(["call-3"], files.Where(file => !File.Exists(file.Path)).Select(file => Path.GetFileNameWithoutExtension(file.Path)));
    }

    [Fact]
    public async Task An_end_that_the_disk_refuses_keeps_the_part_and_costs_no_other()
    {
        await using RecordingWriter writer = Writer();
        RecordingFile[] files = Open(writer, 3);
        await WriteAsync(files);
        _disk.One = file =>
        {
            if (file == files[1])
            {
                throw new IOException("Input/output error");
            }
        };
        await EndAsync(files);

        Assert.Equal([true, false, true], files.Select(file => File.Exists(file.Path)));
        Assert.True(File.Exists(files[1].Path + RecordingRepair.PartSuffix));
        Assert.Equal(1, _counters.RecordingFailures);
        Assert.Contains("1020", Assert.Single(_loggers.Lines), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Shutdown_waits_for_what_has_ended_and_leaves_the_rest_as_it_is()
    {
        RecordingWriter writer = Writer();
        RecordingFile[] files = Open(writer, 4);
        await WriteAsync(files);
        _disk.All = Stuck;
        await NextSyncAsync(files, 1);
        files[0].Complete();
        await writer.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(30));

        Assert.True(File.Exists(files[0].Path));
        Assert.All(files[1..], file => Assert.True(file.Finished.IsCompleted && File.Exists(file.Path + RecordingRepair.PartSuffix)));
        files[1].Complete(); // too late: nobody waits for ever
        Assert.False(_disk.IsDisposed);
        _letGo.Set();
        await Eventually.TrueAsync(() => _disk.IsDisposed, "the sync that was under way is over");
    }

    [Fact]
    public void The_disk_is_asked_where_it_tells_the_truth_alone()
    {
        string late = Path.Combine(_directory, "late");
        using RecordingDisk disk = new(late);
        Assert.False(disk.TrySyncAll()); // there is no folder yet
        Directory.CreateDirectory(late);
        using RecordingDisk beside = new(late);
        Assert.Equal(beside.TrySyncAll(), disk.TrySyncAll()); // as this machine's file system is
        using RecordingDisk kernel = new("/proc");
        Assert.False(kernel.TrySyncAll());
        if (Environment.OSVersion.Version >= new Version(5, 8) && new DriveInfo("/dev/shm").DriveFormat == "tmpfs")
        {
            using RecordingDisk memory = new("/dev/shm");
            Assert.True(memory.TrySyncAll());
            Assert.True(memory.TrySyncAll());
        }
    }

    private bool Stuck()
    {
        CallsRecordingDisk.Wait(_letGo);
        return true;
    }

    private RecordingWriter Writer() => new(_directory, _clock, _counters, new Logger<RecordingWriter>(_loggers), _disk);

    private static RecordingFile[] Open(RecordingWriter writer, int count) =>
        [.. Enumerable.Range(0, count).Select(i => writer.Open(CallSid.Parse($"call-{i}"), 8000))];

    // Blocks, until another sync has begun.
    private async Task NextSyncAsync(RecordingFile[] files, int number)
    {
        _clock.Advance(TimeSpan.FromSeconds(5));
        await Eventually.TrueAsync(
            async () =>
            {
                await WriteAsync(files);
                return _disk.Alls == number;
            },
            $"sync {number}");
    }

    // A block to each, and waits until it is in the file.
    private static async Task WriteAsync(params RecordingFile[] files)
    {
        long[] before = [.. files.Select(Length)];
        foreach (RecordingFile file in files)
        {
            file.Append(RecordingFile.Rent(Instants, out int length), length);
        }

        for (int i = 0; i < files.Length; i++)
        {
            await Eventually.TrueAsync(() => Length(files[i]) >= before[i] + BlockBytes, $"a block in {files[i].Path}");
        }
    }

    private static async Task EndAsync(params RecordingFile[] files)
    {
        Array.ForEach(files, file => file.Complete());
        await Task.WhenAll(files.Select(file => file.Finished)).WaitAsync(TimeSpan.FromSeconds(30));
    }

    private static int SamplesOf(string part)
    {
        using FileStream stream = new(part, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        return WavFile.Read(stream).Samples.Length;
    }

    private static long Length(RecordingFile file)
    {
        return new FileInfo(file.Path + RecordingRepair.PartSuffix) is { Exists: true } part ? part.Length : WavHeader.Length;
    }
}
