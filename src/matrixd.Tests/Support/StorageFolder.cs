using System.Diagnostics;
using Matrixd.Calls;
using Matrixd.Storage;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Matrixd.Tests.Support;

/// <summary>A directory of its own for a store's files, removed at the end of the test.</summary>
internal sealed class StorageFolder : IDisposable
{
    /// <summary>No wait in these tests is expected to come near it.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public StorageFolder() => Root = Directory.CreateTempSubdirectory("matrixd-store-").FullName;

    public string Root { get; }

    public string DatabasePath => Path.Combine(Root, "matrixd.db");

    public string LogPath => DatabasePath + "-wal";

    public VirtualTime Time { get; } = new();

    public DateTimeOffset Now => Time.GetUtcNow();

    /// <summary>Log rows are not held back: the virtual clock stands still.</summary>
    public static StoreTuning Tuning { get; } = new()
    {
        LogLinger = TimeSpan.Zero,
        OutagePause = TimeSpan.FromMilliseconds(5),
        BusyTimeout = TimeSpan.FromMilliseconds(20),
        ReserveBytes = 64 << 10,
    };

    public Database Open(StoreTuning? tuning = null, ILogger? logger = null) =>
        Matrixd.Storage.Database.Open(DatabasePath, Time, logger ?? NullLogger.Instance, tuning ?? Tuning);

    /// <summary>What a crash would leave: the file and its log as they are now, in a new folder.</summary>
    /// <remarks>Copied by another process: closing a handle on the file here would drop SQLite's locks on it.</remarks>
    public StorageFolder CrashCopy()
    {
        StorageFolder copy = new();
        Shell("cp", DatabasePath, copy.DatabasePath);
        if (File.Exists(LogPath))
        {
            Shell("cp", LogPath, copy.LogPath);
        }

        return copy;
    }

    public static void Shell(string program, params string[] arguments)
    {
        using Process process = Process.Start(program, arguments);
        process.WaitForExit();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"{program} ended with {process.ExitCode}.");
        }
    }

    /// <summary>Waits, in small steps and not for ever, for something that another thread does.</summary>
    public static async Task Until(Func<Task<bool>> holds)
    {
        Stopwatch waited = Stopwatch.StartNew();
        while (!await holds())
        {
            if (waited.Elapsed > Patience)
            {
                throw new TimeoutException("It never came to hold.");
            }

            await Task.Delay(1);
        }
    }

    public static Task Until(Func<bool> holds) => Until(() => Task.FromResult(holds()));

    /// <summary>Occupies the writer, so that what follows has to queue.</summary>
    public static Task<int> Hold(Database database, ManualResetEventSlim gate)
    {
        using ManualResetEventSlim begun = new();
        Task<int> held = database.WriteAsync(_ =>
        {
            begun.Set();
            return gate.Wait(Patience) ? 0 : throw new TimeoutException();
        });
        Assert.True(begun.Wait(Patience));
        return held;
    }

    public static StreamOpening Opening(string call, string stream, DateTimeOffset at) => new()
    {
        CallSid = CallSid.Parse(call),
        StreamSid = StreamSid.Parse(stream),
        From = "09900000001",
        To = "08040000000",
        DefaultAgent = "reception",
        SampleRate = 8000,
        At = at,
    };

    public static StreamEnding Ending(string call, string stream, DateTimeOffset at, CallEndReason reason = CallEndReason.CallerHungUp) => new()
    {
        CallSid = CallSid.Parse(call),
        StreamSid = StreamSid.Parse(stream),
        Reason = reason,
        At = at,
    };

    /// <summary>What the dial answer says of an outbound call.</summary>
    public static NewSession Dialed(string call, DateTimeOffset at) => new()
    {
        CallSid = CallSid.Parse(call),
        Direction = CallDirection.Outbound,
        State = SessionState.Dialing,
        Agent = "sales",
        CampaignId = "diwali",
        ContactId = "c-17",
        Objective = "Offer the new plan.",
        From = "08040000000",
        To = "09900000001",
        Variables = """{"name":"Asha"}""",
        At = at,
    };

    /// <summary>What is known when the carrier asks for the URL of a call.</summary>
    public static NewSession Warmed(string call, DateTimeOffset at, string agent = "") => new()
    {
        CallSid = CallSid.Parse(call),
        Direction = CallDirection.Inbound,
        State = SessionState.Warm,
        Agent = agent,
        From = "09900000001",
        To = "08040000000",
        At = at,
    };

    public static TurnRecord Turn(string call, string stream, int number, string said = "Namaste.") =>
        new(CallSid.Parse(call), StreamSid.Parse(stream), number, Speaker.Model, said, said, number * 1000, (number * 1000) + 900, false, 420);

    /// <summary>The one line with which the store refuses to open.</summary>
    public static string Refusal(StorageFolder folder)
    {
        string message = Assert.Throws<StorageException>(() => folder.Open()).Message;
        Assert.DoesNotContain('\n', message);
        Assert.Contains(folder.DatabasePath, message, StringComparison.Ordinal);
        return message;
    }

    /// <summary>Opens the store, adopts calls, closes it.</summary>
    public static async Task Fill(StorageFolder folder, int calls, int from = 0)
    {
        await using Database database = folder.Open();
        await Add(folder, database, from, from + calls);
    }

    private static async Task Add(StorageFolder folder, Database database, int from, int to)
    {
        SessionStore store = new(database);
        for (int i = from; i < to; i++)
        {
            await store.AdoptAsync(Opening($"call{i}", $"stream{i}", folder.Now));
        }
    }

    /// <summary>What is left when the daemon dies after it has adopted some more calls.</summary>
    public static async Task<StorageFolder> CrashAfter(StorageFolder folder, int from, int to)
    {
        await using Database database = folder.Open();
        await Add(folder, database, from, to);
        return folder.CrashCopy();
    }

    public void Dispose() => Directory.Delete(Root, recursive: true);
}
