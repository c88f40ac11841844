using System.Buffers;
using System.Collections.Concurrent;
using Matrixd.Config;
using Microsoft.Extensions.Logging;

namespace Matrixd.Diagnostics;

/// <summary>The one thread that writes tapes and flight records.</summary>
/// <remarks>
/// Calls hand messages over and never wait: where the disk is behind, messages are dropped, counted, and the tape says so; where it refuses, the tape
/// ends and the call goes on. Turning a message into a line (parsing, masking, eliding) is done here too. A thread of its own: a disk that hangs must
/// hold up nothing else.
/// </remarks>
internal sealed partial class TapWriter : IAsyncDisposable
{
    // A hundred calls tapped with their audio make 10 MB and 15,000 messages a second: one second of a stuck disk.
    private const int MaxItems = 16 * 1024;
    private const long MaxBytes = 16 * 1024 * 1024;

    // Old files are looked for this often, whether anything is written or not; and whenever this much has been written.
    private static readonly TimeSpan s_tidyEvery = TimeSpan.FromMinutes(10);
    private const long TidyBytes = 16 * 1024 * 1024;

    private readonly BlockingCollection<TapItem> _items = new(MaxItems);
    private readonly ConcurrentQueue<Tape> _finished = new(); // beside the bounded queue: an end always finds room
    private readonly HashSet<TapeFile> _open = [];
    private readonly TapeLines _lines;
    private readonly TapeFolder _folder;
    private readonly DiagnosticsOptions _options;
    private readonly TapCounters _counters;
    private readonly ILogger _logger;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _queuedBytes;
    private long _untidied;
    private volatile bool _isEnding;

    public TapWriter(DiagnosticsOptions options, TimeProvider clock, TapCounters counters, ILogger<TapWriter> logger)
    {
        _options = options;
        _counters = counters;
        _logger = logger;
        _lines = new TapeLines(new TapeText(options.KeepAudio, options.KeepNumbers));
        _folder = new TapeFolder(options, clock);
        new Thread(Run) { Name = "wire tap", IsBackground = true, Priority = ThreadPriority.BelowNormal }.Start();
    }

    /// <summary>Takes an item, or says that there is no room.</summary>
    public bool TryAdd(in TapItem item)
    {
        if (_isEnding || (item.Length > 0 && Interlocked.Read(ref _queuedBytes) + item.Length > MaxBytes))
        {
            Interlocked.Increment(ref _counters.FramesLost);
            return false;
        }

        Interlocked.Add(ref _queuedBytes, item.Length);
        if (TryQueue(item))
        {
            return true;
        }

        Interlocked.Add(ref _queuedBytes, -item.Length);
        Interlocked.Increment(ref _counters.FramesLost);
        return false;
    }

    /// <summary>Closes the tape's file once everything is written that was added before.</summary>
    public void Finish(Tape tape)
    {
        _finished.Enqueue(tape);
        TryQueue(new TapItem(tape, 0, TapeLeg.Call, 0, false, TapeEvent.End, IsMarker: true)); // wakes the writer; a full queue has it awake
    }

    /// <summary>Writes what is queued and ends.</summary>
    public async ValueTask DisposeAsync()
    {
        _isEnding = true;
        _items.CompleteAdding();
        await _ended.Task;
        _items.Dispose();
    }

    private bool TryQueue(in TapItem item)
    {
        try
        {
            return _items.TryAdd(item);
        }
        catch (InvalidOperationException)
        {
            return false; // completed at this very moment
        }
    }

    private void Run()
    {
        Tidy();
        while (!_items.IsCompleted)
        {
            if (!_items.TryTake(out TapItem item, s_tidyEvery))
            {
                Tidy();
                continue;
            }

            int finished = _finished.Count; // counted before the rest is taken: all of theirs is in it
            do
            {
                Take(item);
            }
            while (_items.TryTake(out item));

            for (; finished > 0 && _finished.TryDequeue(out Tape? tape); finished--)
            {
                Close(tape);
            }

            Flush();
        }

        foreach (TapeFile file in _open)
        {
            file.Dispose();
        }

        _ended.SetResult();
    }

    private void Take(in TapItem item)
    {
        Interlocked.Add(ref _queuedBytes, -item.Length);
        try
        {
            Write(item);
        }
#pragma warning disable CA1031 // whatever a disk answers ends this tape; the thread writes those of all other calls
        catch (Exception e)
#pragma warning restore CA1031
        {
            Fail(item.Tape, e);
        }
        finally
        {
            if (item.Buffer is not null)
            {
                ArrayPool<byte>.Shared.Return(item.Buffer);
            }
        }
    }

    private void Write(in TapItem item)
    {
        Tape tape = item.Tape;
        if (tape.IsFull)
        {
            return;
        }

        TapeFile file = tape.File ??= Open(tape);
        if (tape.TakeLost() is > 0 and long lost)
        {
            Append(file, _lines.Lost(item.Micros, lost));
        }

        if (item.IsMarker)
        {
            return;
        }

        Append(file, _lines.Of(item));
        Interlocked.Increment(ref _counters.Frames);
        if (file.Length >= _options.TapeBytes)
        {
            Append(file, _lines.Full(item.Micros, _options.TapeBytes));
            tape.IsFull = true;
        }
    }

    private void Append(TapeFile file, ReadOnlySpan<byte> line)
    {
        file.Append(line);
        _untidied += line.Length;
        if (_untidied >= TidyBytes)
        {
            Tidy();
        }
    }

    private TapeFile Open(Tape tape)
    {
        Tidy();
        TapeFile file = _folder.Create(tape.CallSid, tape.Suffix);
        _open.Add(file);
        file.Append(tape.Head);
        Interlocked.Increment(ref _counters.Tapes);
        return file;
    }

    private void Close(Tape tape)
    {
        tape.IsFull = true;
        if (tape.File is { } file)
        {
            tape.File = null;
            _open.Remove(file);
            file.Dispose();
        }
    }

    private void Fail(Tape tape, Exception e)
    {
        tape.IsFull = true;
        Interlocked.Increment(ref _counters.Failures);
        LogFailed(tape.CallSid, _options.TapDirectory, e.Message);
        if (tape.File is { } file)
        {
            tape.File = null;
            _open.Remove(file);
            file.Abandon();
        }
    }

    private void Flush()
    {
        foreach (TapeFile file in _open)
        {
            file.Flush();
        }
    }

    private void Tidy()
    {
        _untidied = 0;
        try
        {
            Interlocked.Add(ref _counters.FilesRemoved, _folder.Tidy(_open));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            LogNotTidied(_options.TapDirectory, e.Message);
        }
    }

    // Event ids 2000-2099 are this room's. Retired: none.
    [LoggerMessage(2000, LogLevel.Error, "call {CallSid}: its tape or flight record in {Directory} stopped, the call goes on: {Error}")]
    private partial void LogFailed(string callSid, string directory, string error);

    [LoggerMessage(2001, LogLevel.Warning, "old tapes in {Directory} could not be removed: {Error}")]
    private partial void LogNotTidied(string directory, string error);
}
