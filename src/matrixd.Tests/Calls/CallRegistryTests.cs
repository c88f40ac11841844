using Matrixd.Calls;
using Matrixd.Tests.Support;
using Xunit;

namespace Matrixd.Tests.Calls;

public sealed class CallRegistryTests
{
    [Fact]
    public void Exactly_as_many_are_admitted_as_there_are_places_however_many_ask()
    {
        CallRegistry registry = new(100);
        int admitted = 0;
        Parallel.For(0, 1000, new ParallelOptions { MaxDegreeOfParallelism = 8 }, _ =>
        {
            if (registry.TryAdmit())
            {
                Interlocked.Increment(ref admitted);
            }
        });

        Assert.Equal(100, admitted);
        Assert.True(registry.IsFull);
        registry.Release();
        Assert.True(registry.TryAdmit());
        Assert.False(registry.TryAdmit());
    }

    [Fact]
    public void A_drain_admits_nobody_and_ends_with_the_last()
    {
        CallRegistry registry = new(10);
        Assert.True(registry.TryAdmit());
        Assert.True(registry.TryAdmit());
        Task drained = registry.DrainAsync();
        Assert.False(registry.TryAdmit());
        Assert.True(registry.IsDraining);
        registry.Release();
        Assert.False(drained.IsCompleted);
        registry.Release();
        Assert.True(drained.IsCompleted);
        Assert.True(new CallRegistry(1).DrainAsync().IsCompleted); // of an empty house
    }

    // D3
    [Theory]
    [InlineData(false, 200, true)] // the first has sent nothing: the retry wins
    [InlineData(true, 200, false)] // the first is alive
    [InlineData(true, 1500, true)] // the first was alive
    public async Task A_second_socket_of_a_call_wins_only_over_a_dead_one(bool media, int later, bool wins)
    {
        await using CallStory story = CallStory.Joined();
        if (media)
        {
            story.Line(100);
        }

        story.Pass(later);
        FakeCallerLeg retry = new();
        RunningCall? second = story.Host.Begin(story.Start("call-1", "stream-2"), retry, out string refusal);

        Assert.Equal(wins, second is not null);
        if (wins)
        {
            Assert.Equal(CallEndReason.MediaLost, await story.EndedAsync());
            Assert.Same(second!.Value.Session, Assert.Single(story.Registry.Snapshot()));
            second.Value.Session.Stop(CallEndReason.CallerHungUp);
            await second.Value.Ended;
            Assert.Empty(story.Registry.Snapshot());
        }
        else
        {
            Assert.Equal("a live stream of this call sends media", refusal);
            Assert.False(story.HasEnded);
        }
    }

    // D4
    [Fact]
    public async Task A_stream_SID_that_is_live_is_refused_whatever_call_it_names()
    {
        await using CallStory story = CallStory.Joined();
        Assert.Null(story.Host.Begin(story.Start("call-2", "stream-1"), new FakeCallerLeg(), out string refusal));
        Assert.Equal("the stream SID is live already", refusal);
        Assert.Equal(1, story.Counters.Live);
        Assert.Single(story.Store.Adopted);
    }

    // D4
    [Fact]
    public async Task An_ended_call_may_open_another_stream()
    {
        await using CallStory story = CallStory.Joined();
        story.Line(100);
        await story.HangUpAsync();
        RunningCall second = story.Host.Begin(story.Start("call-1", "stream-2"), new FakeCallerLeg(), out _)!.Value;
        second.Session.Stop(CallEndReason.CallerHungUp);

        Assert.Equal(CallEndReason.CallerHungUp, await second.Ended);
        Assert.Equal(["stream-1", "stream-2"], story.Store.Ended.Select(ending => ending.StreamSid.Value));
    }

    [Fact]
    public async Task All_calls_end_for_the_reason_that_the_house_gives()
    {
        await using CallStory story = CallStory.Joined();
        RunningCall second = story.Host.Begin(story.Start("call-2", "stream-2"), new FakeCallerLeg(), out _)!.Value;
        story.Registry.StopAll(CallEndReason.Drained, "the daemon stops");

        Assert.Equal(CallEndReason.Drained, await story.EndedAsync());
        Assert.Equal(CallEndReason.Drained, await second.Ended);
        Assert.Equal(2, story.Counters.EndedFor(CallEndReason.Drained));
    }
}
