using Matrixd.Calls;
using Matrixd.Storage;
using Matrixd.Tests.Support;
using Xunit;
using static Matrixd.Tests.Support.StorageFolder;

namespace Matrixd.Tests.Storage;

public sealed class SessionStoreTests
{
    [Fact]
    public async Task A_stream_of_an_unknown_call_makes_an_inbound_row()
    {
        using StorageFolder folder = new();
        await using Database database = folder.Open();
        SessionStore store = new(database);
        DateTimeOffset now = folder.Time.GetUtcNow();

        Adoption adoption = await store.AdoptAsync(Opening("call1", "stream1", now));

        Assert.True(adoption.Created);
        Session expected = new()
        {
            CallSid = CallSid.Parse("call1"), Direction = CallDirection.Inbound, State = SessionState.Live, Agent = "reception",
            From = "09900000001", To = "08040000000", StreamSid = "stream1", CreatedAt = now, StartedAt = now,
        };
        Assert.Equal(expected, adoption.Session);
        Assert.Equal(expected, await store.FindAsync(CallSid.Parse("call1")));
    }
}
