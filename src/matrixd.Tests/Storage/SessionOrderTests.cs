using Matrixd.Calls;
using Matrixd.Storage;
using Matrixd.Tests.Support;
using Xunit;
using static Matrixd.Tests.Support.StorageFolder;

namespace Matrixd.Tests.Storage;

/// <summary>One row a call, whatever the order of dial answer, URL request, status callback and socket.</summary>
public sealed class SessionOrderTests
{
    private enum Step
    {
        DialAnswer,
        UrlRequest,
        Socket,
        SocketEnds,
        StatusCallback,
    }

    // I1
    [Fact]
    public async Task Every_order_of_five_events_gives_the_same_outbound_row()
    {
        using StorageFolder folder = new();
        await using Database database = folder.Open();
        SessionStore store = new(database);
        int number = 0;
        foreach (Step[] order in Orders(Enum.GetValues<Step>()))
        {
            string call = $"call{number++}";
            foreach (Step step in order)
            {
                await Take(store, step, call, folder.Now);
            }

            AssertOutbound(call, (await store.FindAsync(CallSid.Parse(call)))!, string.Join(", ", order));
            Assert.Equal(ExpectedState(order), (await store.FindAsync(CallSid.Parse(call)))!.State);
        }

        Assert.Equal(120, (await store.ListAsync(new SessionFilter(Limit: 1000))).Count);
    }

    // I1
    [Fact]
    public async Task Two_hundred_calls_whose_events_come_at_once_have_one_right_row_each()
    {
        using StorageFolder folder = new();
        await using Database database = folder.Open();
        SessionStore store = new(database);

        await Task.WhenAll(Enumerable.Range(0, 200).Select(i => Task.Run(async () =>
        {
            Task[] events =
            [
                Task.Run(() => Take(store, Step.DialAnswer, $"call{i}", folder.Now)),
                Task.Run(() => Take(store, Step.UrlRequest, $"call{i}", folder.Now)),
                Task.Run(() => Take(store, Step.Socket, $"call{i}", folder.Now)),
                Task.Run(() => Take(store, Step.StatusCallback, $"call{i}", folder.Now)),
            ];
            await Task.WhenAll(events);
            Assert.True(await store.EndAsync(Ending($"call{i}", $"stream-call{i}", folder.Now)));
        }))).WaitAsync(Patience);

        IReadOnlyList<Session> sessions = await store.ListAsync(new SessionFilter(Limit: 1000));
        Assert.Equal(200, sessions.Count);
        Assert.All(sessions, session => AssertOutbound(session.CallSid.Value, session, "at once"));
        Assert.All(sessions, session => Assert.Equal((SessionState.Ended, CallEndReason.CallerHungUp), (session.State, session.EndReason)));
    }

    [Fact]
    public async Task Two_hundred_sockets_of_one_call_give_one_row_and_one_owner()
    {
        using StorageFolder folder = new();
        await using Database database = folder.Open();
        SessionStore store = new(database);

        Adoption[] adoptions = await Task.WhenAll(Enumerable.Range(0, 200).Select(i =>
            Task.Run(() => store.AdoptAsync(Opening("call", $"stream{i}", folder.Now))))).WaitAsync(Patience);

        Assert.Single(adoptions, adoption => adoption.Created);
        bool[] owns = await Task.WhenAll(Enumerable.Range(0, 200).Select(i => store.EndAsync(Ending("call", $"stream{i}", folder.Now))));
        Assert.Single(owns, true);
        Assert.Equal(SessionState.Ended, Assert.Single(await store.ListAsync(new SessionFilter())).State);
    }

    [Fact]
    public async Task Two_hundred_sockets_with_one_stream_are_adopted_once()
    {
        using StorageFolder folder = new();
        await using Database database = folder.Open();
        SessionStore store = new(database);

        Adoption[] adoptions = await Task.WhenAll(Enumerable.Range(0, 200).Select(_ =>
            Task.Run(() => store.AdoptAsync(Opening("call", "stream", folder.Now))))).WaitAsync(Patience);

        Assert.Single(adoptions, adoption => adoption.Session is not null);
    }

    [Fact]
    public async Task The_state_never_goes_back()
    {
        using StorageFolder folder = new();
        await using Database database = folder.Open();
        SessionStore store = new(database);
        SessionState[] states = [SessionState.Intent, SessionState.Dialing, SessionState.Warm];
        foreach (SessionState first in states)
        {
            foreach (SessionState second in states)
            {
                string call = $"{first}-{second}";
                await store.CreateAsync(Dialed(call, folder.Now) with { State = first });
                Session session = await store.CreateAsync(Dialed(call, folder.Now) with { State = second });
                Assert.Equal(first > second ? first : second, session.State);
            }
        }
    }

    [Fact]
    public async Task Among_equals_the_first_stays_and_gaps_are_filled()
    {
        using StorageFolder folder = new();
        await using Database database = folder.Open();
        SessionStore store = new(database);
        await store.CreateAsync(Dialed("call", folder.Now) with { ContactId = "" });

        Session session = await store.CreateAsync(Dialed("call", folder.Now.AddSeconds(-3)) with { Objective = "Another one.", ContactId = "c-18" });

        Assert.Equal(("Offer the new plan.", "c-18", folder.Now.AddSeconds(-3)), (session.Objective, session.ContactId, session.CreatedAt));
    }

    [Fact]
    public async Task An_agent_that_was_only_assumed_gives_way_to_one_that_is_named()
    {
        using StorageFolder folder = new();
        await using Database database = folder.Open();
        SessionStore store = new(database);
        await store.AdoptAsync(Opening("call", "stream", folder.Now));

        Assert.Equal("reception", (await store.CreateAsync(Warmed("call", folder.Now))).Agent);
        Assert.Equal("billing", (await store.CreateAsync(Warmed("call", folder.Now, "billing"))).Agent);
        Assert.Equal("billing", (await store.CreateAsync(Warmed("call", folder.Now, "other"))).Agent);
        Assert.Equal("sales", (await store.CreateAsync(Dialed("call", folder.Now))).Agent);
    }

    private static async Task Take(SessionStore store, Step step, string call, DateTimeOffset now)
    {
        switch (step)
        {
            case Step.DialAnswer:
                await store.CreateAsync(Dialed(call, now));
                break;
            case Step.UrlRequest:
                await store.CreateAsync(Warmed(call, now, agent: "reception"));
                break;
            case Step.Socket:
                Assert.NotNull((await store.AdoptAsync(Opening(call, $"stream-{call}", now))).Session);
                break;
            case Step.SocketEnds:
                await store.EndAsync(Ending(call, $"stream-{call}", now));
                break;
            default:
                await store.EndUnconnectedAsync(CallSid.Parse(call), CallEndReason.NoAnswer, "callback", now);
                break;
        }
    }

    private static void AssertOutbound(string call, Session session, string order)
    {
        NewSession said = Dialed(call, default);
        Assert.True(
            (CallDirection.Outbound, said.Agent, said.CampaignId, said.ContactId, said.Objective, said.From, said.To, said.Variables)
            == (session.Direction, session.Agent, session.CampaignId, session.ContactId, session.Objective, session.From, session.To, session.Variables),
            $"{order}: {session}");
    }

    // Live from the socket to its end; a callback ends a row that has no stream; what comes after an end of either kind does not undo it, save a new socket.
    private static SessionState ExpectedState(Step[] order)
    {
        int socket = Array.IndexOf(order, Step.Socket);
        if (Array.IndexOf(order, Step.SocketEnds) > socket)
        {
            return SessionState.Ended;
        }

        return SessionState.Live;
    }

    private static IEnumerable<Step[]> Orders(Step[] steps)
    {
        if (steps.Length <= 1)
        {
            return [steps];
        }

        return steps.SelectMany(first => Orders([.. steps.Where(step => step != first)]).Select(rest => (Step[])[first, .. rest]));
    }
}
