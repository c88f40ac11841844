using Matrixd.Calls;
using Matrixd.Storage;
using Microsoft.Extensions.Logging.Abstractions;

namespace Matrixd.Tests.Support;

/// <summary>A directory of its own for a store's files, removed at the end of the test.</summary>
internal sealed class StorageFolder : IDisposable
{
    public StorageFolder() => Root = Directory.CreateTempSubdirectory("matrixd-store-").FullName;

    public string Root { get; }

    public string DatabasePath => Path.Combine(Root, "matrixd.db");

    public VirtualTime Time { get; } = new();

    /// <summary>Log rows are not held back: the virtual clock stands still.</summary>
    public static StoreTuning Tuning { get; } = new() { LogLinger = TimeSpan.Zero, OutagePause = TimeSpan.FromMilliseconds(5) };

    public Database Open(StoreTuning? tuning = null) => Matrixd.Storage.Database.Open(DatabasePath, Time, NullLogger.Instance, tuning ?? Tuning);

    public static StreamOpening Opening(string call, string stream, DateTimeOffset at) => new()
    {
        CallSid = CallSid.Parse(call), StreamSid = StreamSid.Parse(stream), From = "09900000001", To = "08040000000",
        DefaultAgent = "reception", SampleRate = 8000, At = at,
    };

    public static StreamEnding Ending(string call, string stream, DateTimeOffset at, CallEndReason reason = CallEndReason.CallerHungUp) => new()
    {
        CallSid = CallSid.Parse(call), StreamSid = StreamSid.Parse(stream), Reason = reason, At = at,
    };

    public static NewSession Dialed(string call, DateTimeOffset at) => new()
    {
        CallSid = CallSid.Parse(call), Direction = CallDirection.Outbound, State = SessionState.Dialing, Agent = "sales", CampaignId = "diwali",
        ContactId = "c-17", Objective = "Offer the new plan.", From = "08040000000", To = "09900000001", Variables = """{"name":"Asha"}""", At = at,
    };

    public void Dispose() => Directory.Delete(Root, recursive: true);
}
