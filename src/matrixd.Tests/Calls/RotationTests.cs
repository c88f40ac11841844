using Matrixd.Calls;
using Xunit;

namespace Matrixd.Tests.Calls;

// U6, U7, U8
public sealed class RotationTests
{
    private static readonly TimeSpan s_after = TimeSpan.FromMinutes(8);
    private static readonly CallMoment s_idle = new(ModelSpeaks: false, ToolRuns: false, AnswerOwed: false, CallerSpeaks: false, ToHear: TimeSpan.Zero);

    private readonly Rotation _rotation = new(s_after);

    public RotationTests()
    {
        _rotation.Connected(At(0));
        _rotation.Handle(true);
    }

    [Fact]
    public void Nothing_is_wanted_before_the_age_and_without_an_announcement()
    {
        Assert.Null(_rotation.Due(At(479), s_idle));
        Assert.Null(_rotation.Deadline(At(479)));
        Assert.Equal("it was 480 s old", _rotation.Due(At(480), s_idle));
    }

    [Fact]
    public void An_announced_end_is_moved_away_from_at_the_next_boundary()
    {
        _rotation.GoAway(At(10), TimeSpan.FromSeconds(50));
        Assert.Null(_rotation.Due(At(11), s_idle with { ModelSpeaks = true }));
        Assert.Null(_rotation.Due(At(11), s_idle with { ToolRuns = true }));
        Assert.Null(_rotation.Due(At(11), s_idle with { AnswerOwed = true }));
        Assert.Null(_rotation.Due(At(11), s_idle with { CallerSpeaks = true }));
        Assert.Equal("its end was announced", _rotation.Due(At(11), s_idle));
    }

    [Fact]
    public void While_the_caller_listens_to_what_is_queued_is_a_good_moment_whatever_the_line_carries()
    {
        _rotation.GoAway(At(10), TimeSpan.FromSeconds(50));
        CallMoment listening = s_idle with { CallerSpeaks = true, ToHear = Rotation.Cover };
        Assert.NotNull(_rotation.Due(At(11), listening));
        Assert.Null(_rotation.Due(At(11), listening with { ToHear = Rotation.Cover / 2 }));
        Assert.Null(_rotation.Due(At(11), listening with { ModelSpeaks = true }));
        Assert.Null(_rotation.Due(At(11), listening with { ToolRuns = true }));
    }

    [Theory]
    [InlineData(50, 55)] // the margin off
    [InlineData(6, 13)] // half of a short notice
    [InlineData(0, 10)]
    [InlineData(-3, 10)]
    public void At_the_deadline_it_is_done_whatever_the_moment(double left, double deadline)
    {
        CallMoment busy = s_idle with { ModelSpeaks = true, ToolRuns = true, CallerSpeaks = true };
        _rotation.GoAway(At(10), TimeSpan.FromSeconds(left));
        Assert.Equal(At(deadline), _rotation.Deadline(At(10)));
        if (deadline > 10)
        {
            Assert.Null(_rotation.Due(At(deadline - 0.1), busy));
        }

        Assert.EndsWith("no better moment", _rotation.Due(At(deadline), busy), StringComparison.Ordinal);
    }

    [Fact]
    public void Of_two_announcements_the_earlier_end_counts()
    {
        _rotation.GoAway(At(10), TimeSpan.FromSeconds(50));
        _rotation.GoAway(At(12), TimeSpan.FromSeconds(60));
        Assert.Equal(At(55), _rotation.Deadline(At(12)));
        _rotation.GoAway(At(14), TimeSpan.FromSeconds(20));
        Assert.Equal(At(29), _rotation.Deadline(At(14)));
    }

    [Fact]
    public void A_handle_that_is_older_than_what_was_said_last_is_not_good_enough()
    {
        _rotation.GoAway(At(10), TimeSpan.FromSeconds(50));
        _rotation.Said();
        Assert.Null(_rotation.Due(At(11), s_idle));
        _rotation.Handle(true);
        Assert.NotNull(_rotation.Due(At(11), s_idle));
        _rotation.Handle(false); // it cannot be resumed now
        Assert.Null(_rotation.Due(At(12), s_idle));
    }

    [Fact]
    public void Of_age_alone_a_boundary_is_waited_for_with_patience_and_where_nothing_can_be_resumed_for_the_announcement()
    {
        CallMoment busy = s_idle with { ModelSpeaks = true };
        Assert.Null(_rotation.Due(At(480 + 59), busy));
        Assert.NotNull(_rotation.Due(At(480 + 60), busy));
        _rotation.Handle(false);
        Assert.Null(_rotation.Deadline(At(700)));
        Assert.Null(_rotation.Due(At(700), s_idle));
        _rotation.GoAway(At(700), TimeSpan.FromSeconds(50));
        Assert.NotNull(_rotation.Due(At(745), s_idle));
    }

    [Fact]
    public void A_new_connection_begins_anew()
    {
        _rotation.GoAway(At(10), TimeSpan.FromSeconds(50));
        _rotation.Left();
        Assert.Null(_rotation.Due(At(70), s_idle));
        _rotation.Connected(At(70));
        _rotation.Handle(true);
        Assert.Null(_rotation.Due(At(71), s_idle));
        Assert.NotNull(_rotation.Due(At(70 + 480), s_idle));
    }

    private static TimeSpan At(double seconds) => TimeSpan.FromSeconds(seconds);
}
