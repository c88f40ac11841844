using Matrixd.Calls;
using Matrixd.Tests.Support;
using Xunit;

namespace Matrixd.Tests.Calls;

/// <summary>When a model that gives no answer is taken for stalled, and when not. U3.</summary>
public sealed class StallWatchTests
{
    private readonly CallsStallRig _rig = new();

    [Fact]
    public void A_caller_who_says_nothing_is_owed_nothing()
    {
        _rig.Wait(600);

        Assert.Empty(_rig.Stalls);
    }

    [Fact]
    public void An_answer_that_comes_in_time_is_no_stall()
    {
        for (int turn = 0; turn < 5; turn++)
        {
            _rig.Speak(2);
            _rig.Wait(4.5);
            _rig.Say(3);
            _rig.Wait(10);
        }

        Assert.Empty(_rig.Stalls);
    }

    [Fact]
    public void After_five_seconds_without_an_answer_the_steps_are_taken_one_by_one()
    {
        _rig.Speak(2);
        _rig.Wait(4.8);
        Assert.Empty(_rig.Stalls);
        _rig.Wait(12.8);

        Assert.Equal([StallStep.Nudge, StallStep.Resume, StallStep.Fresh, StallStep.GiveUp], _rig.Steps);
        Assert.All(_rig.Stalls, stall => Assert.Equal(StallCause.NoAnswer, stall.Cause));
        Assert.Equal([5, 9, 13, 17], _rig.Stalls.Select(stall => Math.Round(stall.Lasted.TotalSeconds)));
        Assert.Equal([true, false, false, false], _rig.Stalls.Select(stall => stall.IsFirst));
    }

    [Fact]
    public void A_sound_of_the_model_ends_it_and_the_next_stall_begins_at_the_first_step()
    {
        _rig.Speak(2);
        _rig.Wait(9.5);
        Assert.Equal([StallStep.Nudge, StallStep.Resume], _rig.Steps);

        Assert.Equal(StallStep.Resume, _rig.Say(1));
        _rig.Wait(30);
        Assert.Equal(2, _rig.Stalls.Count);
        _rig.Speak(2);
        _rig.Wait(5.5);

        Assert.Equal(StallStep.Nudge, _rig.Stalls[^1].Step);
    }

    [Fact]
    public void A_short_sound_that_the_model_makes_nothing_of_asks_for_no_answer()
    {
        _rig.Speak(0.6);
        _rig.Wait(60);

        Assert.Empty(_rig.Stalls);
    }

    [Fact]
    public void Sounds_far_apart_add_up_to_nothing_and_words_one_after_the_other_do()
    {
        for (int i = 0; i < 20; i++)
        {
            _rig.Speak(0.2);
            _rig.Wait(20);
        }

        Assert.Empty(_rig.Stalls);
        for (int i = 0; i < 3; i++)
        {
            _rig.Speak(0.5);
            _rig.Wait(3);
        }

        Assert.NotEmpty(_rig.Stalls);
    }

    [Fact]
    public void A_short_word_that_the_model_understood_does()
    {
        _rig.Speak(0.5);
        _rig.Watch.CallerUnderstood();
        _rig.Watch.Message();
        _rig.Wait(5.5);

        Assert.Single(_rig.Stalls, stall => stall.Cause == StallCause.NoAnswer);
    }

    [Fact]
    public void A_word_beside_what_the_model_says_asks_for_no_answer_unless_the_model_stops_for_it()
    {
        _rig.Say(20);
        _rig.View = _rig.View with { IsPlaying = true };
        _rig.Speak(2);
        _rig.View = _rig.View with { IsPlaying = false };
        _rig.Wait(20);
        Assert.Empty(_rig.Stalls);

        _rig.Interrupt();
        _rig.EndTurn();
        _rig.Wait(5.5);
        Assert.Single(_rig.Stalls);
    }

    [Fact]
    public void Time_of_a_tool_does_not_count_and_its_answer_does()
    {
        _rig.Speak(2);
        _rig.Watch.ToolCalled();
        _rig.View = _rig.View with { IsBusy = true };
        _rig.Wait(30);
        Assert.Empty(_rig.Stalls);

        _rig.View = _rig.View with { IsBusy = false };
        _rig.Watch.Asked(_rig.Now);
        _rig.Wait(4.8);
        Assert.Empty(_rig.Stalls);
        _rig.Wait(0.6);
        Assert.Equal(StallCause.NoAnswer, Assert.Single(_rig.Stalls).Cause);
    }

    [Fact]
    public void Time_without_a_connection_does_not_count_and_holds_the_steps_too()
    {
        _rig.Speak(2);
        _rig.View = _rig.View with { CanSpeak = false };
        _rig.Wait(30);
        Assert.Empty(_rig.Stalls);

        _rig.View = _rig.View with { CanSpeak = true };
        _rig.Wait(5.2);
        _rig.View = _rig.View with { CanSpeak = false };
        _rig.Wait(30);
        Assert.Single(_rig.Stalls);
        _rig.View = _rig.View with { CanSpeak = true };
        _rig.Wait(4.4);
        Assert.Equal([StallStep.Nudge, StallStep.Resume], _rig.Steps);
    }

    [Fact]
    public void A_model_that_was_asked_to_speak_first_owes_it()
    {
        _rig.Watch.Asked(_rig.Now);
        _rig.Wait(5.2);

        Assert.Equal(StallCause.NoAnswer, Assert.Single(_rig.Stalls).Cause);
    }
}
