using Matrixd.Calls;
using Xunit;

namespace Matrixd.Tests.Calls;

public sealed class BargeInEarTests
{
    private static readonly TimeSpan s_frame = TimeSpan.FromMilliseconds(20);

    private BargeInEar _ear = new(new BargeInOptions { IsLocal = true });
    private TimeSpan _now = TimeSpan.FromSeconds(30);
    private TimeSpan _voice;

    [Fact]
    public void A_voice_shorter_than_the_minimum_is_nothing()
    {
        Assert.All(Frames(240, isVoice: true), decision => Assert.Equal(BargeInDecision.None, decision));
        Assert.All(Frames(2000, isVoice: false), decision => Assert.Equal(BargeInDecision.None, decision));
    }

    [Fact]
    public void A_voice_of_the_minimum_pauses_once()
    {
        List<BargeInDecision> decisions = Frames(600, isVoice: true);

        Assert.Equal(BargeInDecision.Pause, decisions[12]); // 260 ms
        Assert.Single(decisions, BargeInDecision.Pause);
        Assert.True(_ear.IsPaused);
    }

    [Fact]
    public void A_short_word_and_silence_resume()
    {
        Frames(350, isVoice: true);
        List<BargeInDecision> decisions = Frames(600, isVoice: false);

        Assert.Equal(BargeInDecision.Resume, decisions[19]); // 400 ms
        Assert.Single(decisions, decision => decision != BargeInDecision.None);
        Assert.False(_ear.IsPaused);
    }

    [Fact]
    public void Words_with_gaps_between_add_up_to_an_interruption()
    {
        List<BargeInDecision> decisions = [];
        for (int i = 0; i < 4; i++)
        {
            decisions.AddRange(Frames(300, isVoice: true));
            decisions.AddRange(Frames(200, isVoice: false));
        }

        Assert.Equal([BargeInDecision.Pause, BargeInDecision.Interrupt], decisions.Where(decision => decision != BargeInDecision.None).Take(2));
        Assert.DoesNotContain(BargeInDecision.Resume, decisions);
    }

    [Fact]
    public void Sounds_without_end_are_an_interruption_after_three_seconds()
    {
        Frames(260, isVoice: true);
        List<BargeInDecision> decisions = [];
        for (int i = 0; i < 10; i++)
        {
            decisions.AddRange(Frames(380, isVoice: false));
            decisions.AddRange(Frames(20, isVoice: true));
        }

        Assert.Equal(BargeInDecision.Interrupt, decisions.First(decision => decision != BargeInDecision.None));
    }

    [Fact]
    public void Without_the_reversible_mode_the_minimum_is_an_interruption()
    {
        _ear = new BargeInEar(new BargeInOptions { IsLocal = true, IsReversible = false });

        Assert.Equal(BargeInDecision.Interrupt, Frames(260, isVoice: true)[^1]);
        Assert.False(_ear.IsPaused);
    }

    [Theory]
    [InlineData(30_000, 480)] // the model has only begun
    [InlineData(30_000, -1)] // nothing of it is heard
    [InlineData(3_900, 3_000)] // the call has only begun
    public void In_a_grace_nothing_is_an_interruption(int now, int playing)
    {
        _now = TimeSpan.FromMilliseconds(now);
        for (int i = 0; i < 5; i++)
        {
            Assert.Equal(BargeInDecision.None, _ear.Hear(_now, s_frame, TimeSpan.FromMilliseconds(400), TimeSpan.FromMilliseconds(playing)));
        }
    }

    [Fact]
    public void After_the_models_own_word_there_is_nothing_left_to_decide()
    {
        Frames(300, isVoice: true);
        _ear.Forget();

        Assert.Equal(BargeInDecision.None, _ear.Hear(_now, s_frame, TimeSpan.FromSeconds(1), TimeSpan.FromMilliseconds(-1)));
        Assert.All(Frames(1000, isVoice: false), decision => Assert.Equal(BargeInDecision.None, decision));
    }

    private List<BargeInDecision> Frames(int milliseconds, bool isVoice)
    {
        List<BargeInDecision> decisions = [];
        for (int at = 0; at < milliseconds; at += 20)
        {
            _now += s_frame;
            _voice = isVoice ? _voice + s_frame : TimeSpan.Zero;
            decisions.Add(_ear.Hear(_now, s_frame, _voice, TimeSpan.FromSeconds(5)));
        }

        return decisions;
    }
}
