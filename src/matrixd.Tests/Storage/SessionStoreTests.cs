using Matrixd.Calls;
using Matrixd.Storage;
using Matrixd.Tests.Support;
using Xunit;
using static Matrixd.Tests.Support.StorageFolder;

namespace Matrixd.Tests.Storage;

public sealed class SessionStoreTests : IAsyncLifetime, IDisposable
{
    private static readonly CallSid s_call = CallSid.Parse("call1");
    private readonly StorageFolder _folder = new();
    private Database _database = null!;
    private SessionStore _store = null!;

    private DateTimeOffset Now => _folder.Now;

    public Task InitializeAsync()
    {
        _database = _folder.Open();
        _store = new SessionStore(_database);
        return Task.CompletedTask;
    }

    public async Task DisposeAsync() => await _database.DisposeAsync();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_stream_of_an_unknown_call_makes_an_inbound_row()
    {
        Adoption adoption = await _store.AdoptAsync(Opening("call1", "stream1", Now));

        Assert.True(adoption.Created);
        Session expected = new()
        {
            CallSid = s_call,
            Direction = CallDirection.Inbound,
            State = SessionState.Live,
            Agent = "reception",
            From = "09900000001",
            To = "08040000000",
            StreamSid = "stream1",
            CreatedAt = Now,
            StartedAt = Now,
        };
        Assert.Equal(expected, adoption.Session);
        Assert.Equal(expected, await _store.FindAsync(s_call));
    }

    [Fact]
    public async Task A_dialled_call_keeps_what_it_is_for_when_its_stream_comes()
    {
        Session dialled = await _store.CreateAsync(Dialed("call1", Now));
        DateTimeOffset created = Now;
        _folder.Time.Advance(TimeSpan.FromSeconds(12));

        Adoption adoption = await _store.AdoptAsync(Opening("call1", "stream1", Now));

        Assert.False(adoption.Created);
        Assert.Equal(dialled with { State = SessionState.Live, StreamSid = "stream1", StartedAt = Now }, adoption.Session);
        Assert.Equal(created, adoption.Session!.CreatedAt);
        Assert.Equal("Offer the new plan.", adoption.Session.Objective);
    }

    [Fact]
    public async Task What_an_existing_row_lacks_comes_from_the_stream()
    {
        await _store.CreateAsync(new NewSession { CallSid = s_call, Direction = CallDirection.Outbound, State = SessionState.Intent, At = Now });

        Session session = (await _store.AdoptAsync(Opening("call1", "stream1", Now))).Session!;

        Assert.Equal(("reception", "09900000001", "08040000000", CallDirection.Outbound), (session.Agent, session.From, session.To, session.Direction));
    }

    // D4
    [Fact]
    public async Task A_stream_is_accepted_once_whatever_call_it_names()
    {
        await _store.AdoptAsync(Opening("call1", "stream1", Now));
        Session before = (await _store.FindAsync(s_call))!;

        Assert.Equal(new Adoption(null, false), await _store.AdoptAsync(Opening("call1", "stream1", Now.AddSeconds(1))));
        Assert.Equal(new Adoption(null, false), await _store.AdoptAsync(Opening("call2", "stream1", Now)));

        Assert.Equal(before, await _store.FindAsync(s_call));
        Assert.Null(await _store.FindAsync(CallSid.Parse("call2")));
    }

    // D4
    [Fact]
    public async Task A_stream_stays_used_up_after_its_call_has_ended()
    {
        await _store.AdoptAsync(Opening("call1", "stream1", Now));
        await _store.EndAsync(Ending("call1", "stream1", Now));

        Assert.Null((await _store.AdoptAsync(Opening("call1", "stream1", Now))).Session);
        Assert.Equal(SessionState.Ended, (await _store.FindAsync(s_call))!.State);
    }

    // D4
    [Fact]
    public async Task An_ended_call_with_a_new_stream_lives_again()
    {
        DateTimeOffset first = Now;
        await _store.AdoptAsync(Opening("call1", "stream1", first));
        await _store.EndAsync(Ending("call1", "stream1", first.AddSeconds(5)) with { Detail = "stop", RecordingPath = "a.wav", GeminiHandle = "h1" });

        Session session = (await _store.AdoptAsync(Opening("call1", "stream2", first.AddSeconds(9)))).Session!;

        Assert.Equal((SessionState.Live, "stream2", first), (session.State, session.StreamSid, session.StartedAt!.Value));
        Assert.Equal((null, CallEndReason.None, ""), (session.EndedAt, session.EndReason, session.EndDetail));
        Assert.Equal(("a.wav", "h1"), (session.RecordingPath, session.GeminiHandle));
    }

    [Fact]
    public async Task The_stream_that_owns_the_call_ends_it()
    {
        await _store.AdoptAsync(Opening("call1", "stream1", Now));
        StreamEnding ending = Ending("call1", "stream1", Now.AddSeconds(30), CallEndReason.LimitDuration) with
        {
            Detail = "60 min", RecordingPath = "2026-11-22/call1.wav", Model = "gemini-live", GeminiHandle = "handle", PromptTokens = 11, ResponseTokens = 7,
        };

        Assert.True(await _store.EndAsync(ending));

        Session session = (await _store.FindAsync(s_call))!;
        Assert.Equal((SessionState.Ended, CallEndReason.LimitDuration, Now.AddSeconds(30)), (session.State, session.EndReason, session.EndedAt!.Value));
        Assert.Equal(("60 min", "2026-11-22/call1.wav", "gemini-live", "handle"), (session.EndDetail, session.RecordingPath, session.Model, session.GeminiHandle));
        Assert.Equal((11, 7), (session.PromptTokens, session.ResponseTokens));
    }

    [Fact]
    public async Task The_first_end_of_a_stream_is_the_one_that_counts()
    {
        await _store.AdoptAsync(Opening("call1", "stream1", Now));
        await _store.EndAsync(Ending("call1", "stream1", Now));
        Session ended = (await _store.FindAsync(s_call))!;

        Assert.True(await _store.EndAsync(Ending("call1", "stream1", Now.AddSeconds(9), CallEndReason.InternalError) with { PromptTokens = 5 }));

        Assert.Equal(ended, await _store.FindAsync(s_call));
    }

    // D3
    [Fact]
    public async Task A_stream_that_lost_the_call_to_a_newer_one_ends_alone()
    {
        await _store.AdoptAsync(Opening("call1", "stream1", Now));
        await _store.AdoptAsync(Opening("call1", "stream2", Now));

        Assert.False(await _store.EndAsync(Ending("call1", "stream1", Now, CallEndReason.MediaLost) with { PromptTokens = 3, RecordingPath = "old.wav" }));

        Session session = (await _store.FindAsync(s_call))!;
        Assert.Equal((SessionState.Live, "stream2", 3, ""), (session.State, session.StreamSid, session.PromptTokens, session.RecordingPath));
        Assert.True(await _store.EndAsync(Ending("call1", "stream2", Now) with { PromptTokens = 4, ResponseTokens = 2 }));
        session = (await _store.FindAsync(s_call))!;
        Assert.Equal((SessionState.Ended, 7, 2), (session.State, session.PromptTokens, session.ResponseTokens));
    }

    [Fact]
    public async Task The_end_of_a_stream_nobody_adopted_changes_nothing()
    {
        await _store.CreateAsync(Dialed("call1", Now));

        Assert.False(await _store.EndAsync(Ending("call1", "stream1", Now)));

        Assert.Equal(SessionState.Dialing, (await _store.FindAsync(s_call))!.State);
    }

    [Fact]
    public async Task Every_end_reason_can_be_kept()
    {
        foreach (CallEndReason reason in Enum.GetValues<CallEndReason>().Where(reason => reason != CallEndReason.None))
        {
            string call = $"call-{reason}";
            await _store.AdoptAsync(Opening(call, $"stream-{reason}", Now));
            await _store.EndAsync(Ending(call, $"stream-{reason}", Now, reason));
            Assert.Equal(reason, (await _store.FindAsync(CallSid.Parse(call)))!.EndReason);
        }

        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => _store.EndAsync(Ending("call1", "stream1", Now, CallEndReason.None)));
    }

    [Theory]
    [InlineData(SessionState.Live)]
    [InlineData(SessionState.Ended)]
    internal async Task A_row_is_not_created_in_a_state_that_only_a_stream_gives(SessionState state) =>
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => _store.CreateAsync(Dialed("call1", Now) with { State = state }));

    [Fact]
    public async Task A_call_that_no_stream_came_for_ends_with_its_reason()
    {
        await _store.CreateAsync(Dialed("call1", Now));

        Assert.True(await _store.EndUnconnectedAsync(s_call, CallEndReason.Busy, "status callback", Now.AddSeconds(20)));

        Session session = (await _store.FindAsync(s_call))!;
        Assert.Equal((SessionState.Ended, CallEndReason.Busy, "status callback", Now.AddSeconds(20)), (session.State, session.EndReason, session.EndDetail, session.EndedAt!.Value));
        Assert.False(await _store.EndUnconnectedAsync(s_call, CallEndReason.NoAnswer, "", Now));
        Assert.Equal(CallEndReason.Busy, (await _store.FindAsync(s_call))!.EndReason);
    }

    [Fact]
    public async Task A_live_call_is_not_ended_as_unconnected()
    {
        await _store.AdoptAsync(Opening("call1", "stream1", Now));

        Assert.False(await _store.EndUnconnectedAsync(s_call, CallEndReason.NeverConnected, "", Now));
        Assert.False(await _store.EndUnconnectedAsync(CallSid.Parse("nobody"), CallEndReason.NeverConnected, "", Now));

        Assert.Equal(SessionState.Live, (await _store.FindAsync(s_call))!.State);
    }

    [Fact]
    public async Task Rows_are_listed_newest_first_by_state_and_page()
    {
        for (int i = 0; i < 5; i++)
        {
            await _store.AdoptAsync(Opening($"call{i}", $"stream{i}", Now.AddSeconds(i)));
        }

        await _store.EndAsync(Ending("call3", "stream3", Now));

        Assert.Equal(["call4", "call3", "call2", "call1", "call0"], await Names(new SessionFilter()));
        Assert.Equal(["call4", "call3"], await Names(new SessionFilter(Limit: 2)));
        Assert.Equal(["call2", "call1"], await Names(new SessionFilter(Limit: 2, Before: Now.AddSeconds(3))));
        Assert.Equal(["call4", "call2"], await Names(new SessionFilter(SessionState.Live, 2)));
        Assert.Equal(["call3"], await Names(new SessionFilter(SessionState.Ended)));
        Assert.Empty(await Names(new SessionFilter(SessionState.Warm)));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => _store.ListAsync(new SessionFilter(Limit: 0)));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => _store.ListAsync(new SessionFilter(Limit: 1001)));
    }

    [Fact]
    public async Task Text_of_any_script_comes_back_as_it_was()
    {
        string objective = "नमस्ते 🙏 '; DROP TABLE sessions; --\0\n" + new string('x', 100_000);
        await _store.CreateAsync(Dialed("call1", Now) with { Objective = objective });

        // NUL would cut the text off for every reader.
        Assert.Equal(objective.Replace('\0', '\ufffd'), (await _store.FindAsync(s_call))!.Objective);
    }

    // I5
    [Fact]
    public async Task Records_do_not_print_telephone_numbers()
    {
        Session session = await _store.CreateAsync(Dialed("call1", Now));
        foreach (string text in new[] { session.ToString(), Dialed("call1", Now).ToString(), Opening("call1", "stream1", Now).ToString() })
        {
            Assert.Contains("call1", text, StringComparison.Ordinal);
            Assert.DoesNotContain("0990", text, StringComparison.Ordinal);
            Assert.DoesNotContain("0804", text, StringComparison.Ordinal);
        }
    }

    private async Task<string[]> Names(SessionFilter filter) => [.. (await _store.ListAsync(filter)).Select(session => session.CallSid.Value)];
}
