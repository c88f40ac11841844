using Matrixd.Calls;
using Matrixd.Tests.Support;
using Xunit;

namespace Matrixd.Tests.Calls;

/// <summary>Each way of being silent, told from what only looks like it. U3.</summary>
public sealed class StallCauseTests
{
    private readonly CallsStallRig _rig = new();

    [Fact]
    public void A_model_that_waits_for_more_is_waited_for()
    {
        _rig.Speak(2);
        _rig.EndTurn(TurnNote.WaitsForInput);
        _rig.Wait(60);

        Assert.Empty(_rig.Stalls);
    }

    [Fact]
    public void An_empty_turn_after_the_caller_spoke_is_noticed_after_a_second()
    {
        _rig.Speak(2);
        _rig.EndTurn();
        _rig.Wait(0.8);
        Assert.Empty(_rig.Stalls);
        _rig.Wait(0.6);

        Assert.Equal((StallCause.EmptyTurns, StallStep.Nudge), (_rig.Stalls[0].Cause, _rig.Stalls[0].Step));
    }

    [Fact]
    public void Turns_that_are_empty_for_a_reason_or_that_nobody_waited_for_are_none()
    {
        _rig.EndTurn(); // nobody spoke
        _rig.Wait(10);
        _rig.Say(1);
        _rig.Interrupt();
        _rig.Say(1); // of the next
        _rig.EndTurn();
        _rig.Speak(2);
        _rig.Watch.ToolCalled();
        _rig.EndTurn(); // a tool was called instead
        _rig.Wait(2);

        Assert.Empty(_rig.Stalls);
    }

    [Fact]
    public void A_rejected_response_is_noticed_at_once()
    {
        _rig.Speak(2);
        _rig.EndTurn(TurnNote.Rejected);
        _rig.Wait(0.2);

        Assert.Equal((StallCause.Rejected, StallStep.Nudge), (_rig.Stalls[0].Cause, _rig.Stalls[0].Step));
    }

    [Theory]
    [InlineData(double.NegativeInfinity, 0, "SilentAudio")]
    [InlineData(-90, 1, "SilentAudio")]
    [InlineData(-62, 40, "FaintAudio")]
    public void Audio_that_nobody_can_hear_is_noticed_after_three_seconds_of_it(double level, int peak, string cause)
    {
        _rig.Speak(2);
        _rig.Say(2.9, level, peak);
        _rig.Wait(0.2);
        Assert.Empty(_rig.Stalls);
        _rig.Say(0.2, level, peak);
        _rig.View = _rig.View with { IsPlaying = true }; // as nothing
        _rig.Wait(0.2);

        Assert.Equal(cause, _rig.Stalls[0].Cause.ToString());
    }

    [Fact]
    public void A_pause_for_breath_is_not()
    {
        for (int i = 0; i < 10; i++)
        {
            _rig.Say(1);
            _rig.Say(2, double.NegativeInfinity, 0);
        }

        _rig.Wait(0.2);
        Assert.DoesNotContain(_rig.Stalls, stall => stall.Cause is StallCause.SilentAudio or StallCause.FaintAudio);
    }

    [Fact]
    public void Silence_that_is_not_digital_throughout_is_faint()
    {
        _rig.Say(2, double.NegativeInfinity, 0);
        _rig.Say(2, -60, 50);
        _rig.Wait(0.2);

        Assert.Equal(StallCause.FaintAudio, _rig.Stalls[0].Cause);
    }

    [Fact]
    public void A_caller_who_speaks_on_and_gets_no_message_of_any_kind_gets_another_connection()
    {
        for (int i = 0; i < 3; i++)
        {
            _rig.Speak(2.4);
            _rig.Wait(0.2);
        }

        _rig.Speak(2);
        Assert.Empty(_rig.Stalls);
        _rig.Speak(0.4);

        Assert.Equal((StallCause.NoMessage, StallStep.Resume), (_rig.Stalls[0].Cause, _rig.Stalls[0].Step));
    }

    [Fact]
    public void Any_message_is_a_sign_of_life()
    {
        for (int i = 0; i < 10; i++)
        {
            _rig.Speak(2.4);
            _rig.Watch.Message();
            _rig.Wait(0.2);
        }

        Assert.Empty(_rig.Stalls);
    }

    [Fact]
    public void A_turn_that_breaks_off_is_noticed_once_the_caller_has_heard_all_of_it()
    {
        _rig.Speak(1);
        _rig.Say(8, ends: false);
        _rig.View = _rig.View with { IsPlaying = true };
        _rig.Wait(8);
        _rig.View = _rig.View with { IsPlaying = false };
        _rig.Wait(2.8);
        Assert.Empty(_rig.Stalls);
        _rig.Wait(0.6);

        Assert.Equal((StallCause.BrokenTurn, StallStep.Nudge), (_rig.Stalls[0].Cause, _rig.Stalls[0].Step));
    }

    [Theory]
    [InlineData("generationComplete")]
    [InlineData("turnComplete")]
    [InlineData("interrupted")]
    public void A_turn_that_has_its_end_does_not_break_off(string end)
    {
        _rig.Say(2, ends: false);
        switch (end)
        {
            case "generationComplete":
                _rig.Watch.GenerationComplete();
                break;
            case "turnComplete":
                _rig.EndTurn();
                break;
            default:
                _rig.Interrupt();
                _rig.Say(1); // of the answer
                _rig.Watch.GenerationComplete();
                break;
        }

        _rig.Wait(60);
        Assert.Empty(_rig.Stalls);
    }
}
