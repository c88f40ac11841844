using Matrixd.Calls;
using Matrixd.Gemini;
using Xunit;

namespace Matrixd.Tests.Gemini;

// U1, U8, U9, U10, U11, U17, U18
public sealed class RecoveryTests
{
    private double _random = 1;
    private double _now = 100;

    [Fact]
    public void The_first_attempt_follows_at_once_and_later_ones_under_a_growing_jitter()
    {
        Recovery recovery = Ready();
        Assert.Equal((RecoveryAction.Resume, 0), Lost(recovery));
        double[] caps = [0.5, 1, 2, 4, 4];
        Assert.All(caps, cap => Assert.Equal((RecoveryAction.Resume, cap), Lost(recovery)));

        _random = 0.25;
        Recovery other = Ready();
        Lost(other);
        Assert.Equal((RecoveryAction.Resume, 0.125), Lost(other)); // full jitter: of the whole wait
    }

    [Fact]
    public void After_the_budget_there_is_one_attempt_with_a_new_session_and_then_the_end()
    {
        Recovery recovery = Ready();
        Lost(recovery);
        List<(RecoveryAction Action, double Delay)> steps = [];
        while (steps.Count == 0 || steps[^1].Action != RecoveryAction.GiveUp)
        {
            Assert.True(steps.Count < 100, "it never ends");
            steps.Add(Lost(recovery));
            _now += steps[^1].Delay + 0.2;
        }

        Assert.InRange(_now, 100 + 26, 100 + 36); // budget, a wait and an attempt
        Assert.Equal([RecoveryAction.Fresh, RecoveryAction.GiveUp], steps.TakeLast(2).Select(step => step.Action));
        Assert.All(steps.SkipLast(2), step => Assert.Equal(RecoveryAction.Resume, step.Action));
    }

    [Fact]
    public void Without_a_handle_the_way_back_is_a_new_session()
    {
        Recovery recovery = Ready();
        Assert.Equal((RecoveryAction.Fresh, 0), Lost(recovery, canResume: false));
        Assert.True(recovery.IsFresh);
    }

    [Fact]
    public void What_is_permanent_is_not_tried_again()
    {
        Assert.Equal(RecoveryAction.GiveUp, Lost(Ready(), LossKind.Permanent).Action);
        Recovery recovery = Ready();
        Lost(recovery);
        Assert.Equal(RecoveryAction.GiveUp, Lost(recovery, LossKind.Permanent).Action);
    }

    [Fact]
    public void A_handle_refused_twice_gives_way_to_a_new_session()
    {
        Recovery recovery = Ready();
        Lost(recovery);
        Assert.Equal(RecoveryAction.Resume, Lost(recovery, LossKind.HandleRefused).Action);
        Assert.Equal(RecoveryAction.Fresh, Lost(recovery, LossKind.HandleRefused).Action);
        Assert.Equal(RecoveryAction.Fresh, Lost(recovery).Action); // and stays one
    }

    [Fact]
    public void A_session_whose_old_connection_is_open_is_waited_for_and_then_left()
    {
        _random = 0;
        Recovery recovery = Ready();
        Lost(recovery);
        for (int i = 0; i < 3; i++)
        {
            (RecoveryAction action, double delay) = Lost(recovery, LossKind.SessionOpen);
            Assert.Equal(RecoveryAction.Resume, action);
            Assert.True(delay >= 0.5, "not at once: it is still open");
        }

        Assert.Equal(RecoveryAction.Fresh, Lost(recovery, LossKind.SessionOpen).Action);
    }

    [Fact]
    public void A_quota_is_left_alone_for_thirty_seconds_then_asked_once_for_a_new_session()
    {
        Recovery recovery = Ready();
        (RecoveryAction action, double delay) = Lost(recovery, LossKind.Quota);
        Assert.Equal(RecoveryAction.Fresh, action);
        Assert.InRange(delay, 30, 33);
        _now += delay;
        Assert.Equal(RecoveryAction.GiveUp, Lost(recovery, LossKind.Quota).Action);
    }

    [Fact]
    public void An_expired_session_is_not_resumed()
    {
        Assert.Equal((RecoveryAction.Fresh, 0), Lost(Ready(), LossKind.Expired));
    }

    [Fact]
    public void A_token_is_replaced_once_and_the_same_session_resumed()
    {
        Recovery recovery = Ready();
        Assert.Equal((RecoveryAction.Resume, 0), Lost(recovery, LossKind.TokenRefused, tokenReplaced: true));
        Assert.Equal(RecoveryAction.GiveUp, Lost(recovery, LossKind.TokenRefused, tokenReplaced: true).Action);
        Assert.Equal(RecoveryAction.GiveUp, Lost(Ready(), LossKind.TokenRefused).Action);
    }

    [Fact]
    public void A_session_that_comes_back_and_falls_again_is_not_resumed_for_ever()
    {
        Recovery recovery = Ready();
        List<RecoveryAction> steps = [];
        for (int i = 0; i < 20 && !steps.Contains(RecoveryAction.GiveUp); i++)
        {
            steps.Add(Lost(recovery).Action);
            _now += 0.1;
            recovery.Ready(Now);
            _now += 2; // less than what counts as held
        }

        Assert.Equal(RecoveryAction.GiveUp, steps[^1]);
        Assert.Contains(RecoveryAction.Fresh, steps);
        Assert.InRange(steps.Count, 4, 9);
    }

    [Fact]
    public void A_connection_that_held_ends_the_incident()
    {
        Recovery recovery = Ready();
        Lost(recovery);
        Lost(recovery);
        recovery.Ready(Now);
        _now += 10;
        Assert.Equal((RecoveryAction.Resume, 0), Lost(recovery));
        Assert.Equal(1, recovery.Attempts);
    }

    [Fact]
    public void What_the_call_asks_for_follows_at_once()
    {
        Recovery recovery = Ready();
        Assert.Equal(new RecoveryStep(RecoveryAction.Resume, TimeSpan.Zero), recovery.Asked(Now, canResume: true));
        Assert.Equal(new RecoveryStep(RecoveryAction.Fresh, TimeSpan.Zero), Ready().Asked(Now, canResume: false));
    }

    [Theory]
    [InlineData(1011, "You exceeded your current quota, please check your plan", true, false, false, "Quota")]
    [InlineData(1011, "Token has been used too many times", false, true, false, "TokenRefused")]
    [InlineData(1007, "API key not valid. Please pass a valid API key.", true, false, false, "TokenRefused")]
    [InlineData(1008, "Method doesn't allow unregistered callers (callers without established identity).", true, false, false, "TokenRefused")]
    [InlineData(1007, "Request contains an invalid argument.", false, true, false, "HandleRefused")]
    [InlineData(1007, "Request contains an invalid argument.", false, false, false, "Permanent")]
    [InlineData(1007, "Request contains an invalid argument.", true, true, false, "Broken")]
    [InlineData(1011, "Internal error encountered.", false, true, false, "SessionOpen")]
    [InlineData(1011, "Internal error encountered.", true, true, false, "Broken")]
    [InlineData(1011, "Deadline expired before operation could complete.", true, false, false, "Expired")]
    [InlineData(1011, "Deadline expired before operation could complete.", true, false, true, "Broken")]
    [InlineData(1008, "models/x is not found for API version v1alpha", true, false, false, "Permanent")]
    [InlineData(1008, "models/x is not found for API version v1alpha", false, true, false, "Permanent")]
    [InlineData(1008, "Operation is not implemented, or supported, or enabled.", true, false, false, "Broken")]
    [InlineData(1008, "The operation was aborted.", true, false, false, "Broken")]
    [InlineData(1008, "Your request violates our policy", true, false, false, "Permanent")]
    [InlineData(1006, "", true, false, false, "Broken")]
    [InlineData(1000, "", true, false, false, "Broken")]
    public void An_end_is_judged_by_code_text_stage_and_what_we_sent(int code, string text, bool ready, bool resumed, bool announced, string kind)
    {
        CloseCause cause = CloseCause.Classify(code, text, ready ? CloseStage.MidCall : CloseStage.BeforeSetupComplete);
        Assert.Equal(kind, LossKinds.Of(cause, ready, resumed, announced).ToString());
    }

    private TimeSpan Now => TimeSpan.FromSeconds(_now);

    private Recovery Ready()
    {
        Recovery recovery = new(TimeSpan.FromSeconds(30), () => _random);
        recovery.Ready(TimeSpan.Zero);
        return recovery;
    }

    private (RecoveryAction Action, double Delay) Lost(Recovery recovery, LossKind kind = LossKind.Broken, bool canResume = true, bool tokenReplaced = false)
    {
        RecoveryStep step = recovery.Lost(Now, kind, canResume, tokenReplaced);
        return (step.Action, step.Delay.TotalSeconds);
    }
}
