using Matrixd.Calls;
using Matrixd.Tests.Support;
using Xunit;

namespace Matrixd.Tests.Calls;

public sealed class FarEndLevelTests
{
    private readonly FarEndLevel _farEnd = new(8000, TimeSpan.FromMilliseconds(300));

    [Fact]
    public void What_is_heard_is_as_loud_as_it_was_sent_where_and_while_it_is_heard()
    {
        _farEnd.Write(1000, Signals.Tone(440, 8000, 0.2)); // -15.2 dBFS

        Assert.Equal(double.NegativeInfinity, _farEnd.At(0, 160));
        Assert.Equal(-15.2, _farEnd.At(1600, 160), 0.3);
        Assert.Equal(double.NegativeInfinity, _farEnd.At(1000 + 1600 + 320, 160));
    }

    [Fact]
    public void The_loudest_moment_of_a_stretch_counts()
    {
        _farEnd.Write(0, Signals.Tone(440, 8000, 0.1, amplitude: 100));
        _farEnd.Write(800, Signals.Tone(440, 8000, 0.1));

        Assert.Equal(-53, _farEnd.At(0, 320), 0.6);
        Assert.Equal(-15.2, _farEnd.At(0, 1600), 0.3);
    }

    [Fact]
    public void What_is_cleared_is_not_heard()
    {
        _farEnd.Write(0, Signals.Tone(440, 8000, 1));

        _farEnd.Clear(4000);

        Assert.Equal(-15.2, _farEnd.At(3000, 160), 0.3);
        Assert.Equal(double.NegativeInfinity, _farEnd.At(4160, 160));
    }

    [Fact]
    public void The_longest_lead_has_its_place()
    {
        FarEndLevel farEnd = new(8000, TimeSpan.FromSeconds(5));
        farEnd.Write(0, Signals.Tone(440, 8000, 5.4));

        Assert.Equal(-15.2, farEnd.At(0, 160), 0.3);
        Assert.Equal(-15.2, farEnd.At(43_000, 160), 0.3);
    }

    [Fact]
    public void A_level_is_forgotten_when_its_place_is_used_again()
    {
        _farEnd.Write(0, Signals.Tone(440, 8000, 0.1));

        Assert.Equal(double.NegativeInfinity, _farEnd.At(128 * 160, 160));
    }
}
