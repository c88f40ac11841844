using Matrixd.Calls;
using Matrixd.Tests.Support;
using Xunit;

namespace Matrixd.Tests.Calls;

public sealed class CallStartTests
{
    [Fact]
    public async Task The_model_is_dialled_while_the_row_is_written_and_hears_the_setup_only_then()
    {
        await using CallStory story = new();
        story.Store.Hold();
        story.Begin();
        Assert.Equal(["connect"], story.Model.Told);
        Assert.Empty(story.Store.Adopted);

        story.Store.Commit();

        await Eventually.TrueAsync(() => story.Model.Told.Count == 2, "the setup is given");
        Assert.Equal(["connect", "setup"], story.Model.Told);
        Assert.Equal("You are reception. ", story.Model.Setup!.Instruction);
    }

    [Fact]
    public async Task Nothing_of_the_model_reaches_the_caller_before_the_row_is_adopted()
    {
        await using CallStory story = new();
        story.Agents.Opening = "greet";
        story.Store.Hold();
        story.Begin();
        FakeModelLeg model = story.Model;
        model.Ready(); // a model that speaks before it was spoken to
        model.Says(Signals.Tone(440, 24_000, 2));
        model.EndsTurn();
        model.Interrupts();
        model.Sink.OnModelTranscript("early");
        model.Sink.OnToolCall(new ToolCall("1", "a", "{}"));
        model.Sink.OnToolCallCancelled("1");
        model.Sink.OnModelBatchEnd();
        story.Line(500);

        Assert.Empty(story.Caller.Told);
        Assert.Equal(["connect"], model.Told);
        Assert.Empty(story.Log.Turns);
    }

    [Fact]
    public async Task The_model_is_asked_to_speak_first_before_it_hears_anything()
    {
        await using CallStory story = new();
        story.Agents.Opening = "Greet the caller.";
        story.Begin();
        story.Line(2000);
        story.Model.Ready();
        story.Line(100);

        Assert.Equal(["connect", "setup", "text Greet the caller.", "audio 640"], story.Model.Told[..4]);
        story.Model.Ready(); // again, after a resumption
        Assert.Single(story.Model.Told, "text Greet the caller.");
    }

    [Fact]
    public async Task Without_an_opening_the_model_waits_for_the_caller()
    {
        await using CallStory story = CallStory.Joined();
        story.Line(200);
        Assert.DoesNotContain(story.Model.Told, told => told.StartsWith("text", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_row_is_the_truth_about_the_call()
    {
        await using CallStory story = new();
        await story.Store.CreateAsync(new NewSession
        {
            CallSid = CallSid.Parse("call-1"), Direction = CallDirection.Outbound, State = SessionState.Dialing, Agent = "sales", Objective = "Sell.", At = default,
        });
        story.Begin();

        Assert.Equal("You are sales. Sell.", story.Model.Setup!.Instruction);
        StreamOpening opening = Assert.Single(story.Store.Adopted);
        Assert.Equal(("09441233609", "08040000000", "reception", 8000), (opening.From, opening.To, opening.DefaultAgent, opening.SampleRate));
    }

    [Fact]
    public async Task A_store_that_fails_ends_the_call()
    {
        await using CallStory story = new();
        story.Store.AdoptFailure = new IOException("the disk is full");
        story.Begin();

        Assert.Equal(CallEndReason.InternalError, await story.EndedAsync());
        Assert.Equal(CallEndReason.InternalError, story.Caller.ClosedFor);
        Assert.DoesNotContain("setup", story.Model.Told);
        Assert.Contains("IOException", story.Store.Ended.Single().Detail, StringComparison.Ordinal); // tried: the failure may have come after the commit
    }

    [Fact]
    public async Task An_agent_that_throws_ends_the_call_and_its_row()
    {
        await using CallStory story = new();
        story.Agents.Failure = new InvalidOperationException("a bug");
        story.Begin();

        Assert.Equal(CallEndReason.InternalError, await story.EndedAsync());
        Assert.Single(story.Store.Ended);
    }

    [Fact]
    public async Task A_number_that_no_agent_takes_is_said_so()
    {
        await using CallStory story = new();
        story.Agents.Name = null;
        story.Begin();

        Assert.Equal(CallEndReason.ProtocolError, await story.EndedAsync());
        Assert.Contains("no agent takes calls to ····0000", story.Store.Ended.Single().Detail, StringComparison.Ordinal);
    }

    // D4
    [Fact]
    public async Task A_stream_that_was_used_before_ends_without_touching_the_row_it_belongs_to()
    {
        await using CallStory story = CallStory.Joined();
        await story.HangUpAsync();
        Assert.Single(story.Store.Ended);
        FakeCallerLeg replay = new();
        RunningCall second = story.Host.Begin(story.Start("call-2", "stream-1"), replay, out _)!.Value;

        Assert.Equal(CallEndReason.ProtocolError, await second.Ended);
        Assert.Equal(CallEndReason.ProtocolError, replay.ClosedFor);
        Assert.Single(story.Store.Ended);
        Assert.DoesNotContain("setup", story.Models.Legs[1].Told);
    }

    [Fact]
    public async Task A_caller_who_is_gone_before_the_commit_costs_no_setup_and_leaves_an_ended_row()
    {
        await using CallStory story = new();
        story.Store.Hold();
        story.Begin();
        story.Call.Stop(CallEndReason.CallerHungUp);
        story.Store.Commit();

        Assert.Equal(CallEndReason.CallerHungUp, await story.EndedAsync());
        Assert.Equal(["connect", "close"], story.Model.Told);
        Assert.Equal(CallEndReason.CallerHungUp, story.Store.Ended.Single().Reason);
        Assert.Single(story.Store.Adopted);
    }
}
