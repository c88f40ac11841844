using Matrixd.Calls;
using Matrixd.Tests.Support;
using Xunit;

namespace Matrixd.Tests.Calls;

// U10, C10
public sealed class AdmissionHoldTests
{
    private readonly VirtualTime _time = new();

    [Fact]
    public void A_hold_keeps_new_calls_out_for_its_time_and_no_longer()
    {
        AdmissionHold hold = new(_time);
        CallRegistry registry = new(10, hold);
        Assert.True(registry.TryAdmit());

        hold.Hold(TimeSpan.FromSeconds(30));
        _time.Advance(TimeSpan.FromSeconds(29.9));
        Assert.False(registry.TryAdmit());
        Assert.True(registry.IsFull);
        _time.Advance(TimeSpan.FromSeconds(0.2));

        Assert.True(registry.TryAdmit());
        Assert.Equal(2, registry.Slots);
    }

    [Fact]
    public void A_second_hold_prolongs_and_a_shorter_one_does_not_end_it()
    {
        AdmissionHold hold = new(_time);
        hold.Hold(TimeSpan.FromSeconds(30));
        _time.Advance(TimeSpan.FromSeconds(10));
        hold.Hold(TimeSpan.FromSeconds(5));
        _time.Advance(TimeSpan.FromSeconds(10));
        Assert.True(hold.IsHeld);
        hold.Hold(TimeSpan.FromSeconds(30));
        _time.Advance(TimeSpan.FromSeconds(29));

        Assert.True(hold.IsHeld);
    }

    [Theory]
    [InlineData(86_400)]
    [InlineData(-86_400)]
    public void A_moved_clock_neither_ends_nor_prolongs_it(int seconds)
    {
        AdmissionHold hold = new(_time);
        hold.Hold(TimeSpan.FromSeconds(30));
        _time.JumpWallClock(TimeSpan.FromSeconds(seconds));
        Assert.True(hold.IsHeld);
        _time.Advance(TimeSpan.FromSeconds(31));

        Assert.False(hold.IsHeld);
    }
}
