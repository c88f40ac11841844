using Matrixd.Audio;
using Matrixd.Calls;
using Matrixd.Tests.Support;
using Xunit;

namespace Matrixd.Tests.Calls;

public sealed class ApologyTests
{
    [Fact]
    public async Task The_apology_is_heard_whole_before_the_call_ends()
    {
        using Folder folder = new();
        short[] sorry = Signals.Noise(16_000, 2, seed: 1);
        await using CallStory story = new();
        story.Agents.Apology = folder.Wav(sorry, 16_000);
        story.Begin();
        story.Model.Ready();
        story.Line(1000);
        story.Model.IsLost(CallEndReason.ModelLost, "close 1006");
        await Eventually.TrueAsync(() => Sent(story) > 0, "the apology plays");
        Assert.False(story.HasEnded);
        story.Line(1800);
        Assert.False(story.HasEnded); // it is still being heard
        story.Line(1000);

        Assert.Equal(CallEndReason.ModelLost, await story.EndedAsync());
        Assert.Equal("close 1006", story.Store.Ended.Single().Detail);
        PlayoutTests.AssertTurn(CallsPlayoutRig.Resampled(sorry, 16_000, 8000), story.Caller.Pcm, 0);
        Assert.Contains("close", story.Model.Told);
        Assert.Equal(0, story.Model.Pcm.Length % 640);
    }

    [Theory]
    [InlineData("/nowhere/sorry.wav")]
    [InlineData(null)] // a rate that cannot be brought to the caller's
    public async Task An_apology_that_cannot_be_played_holds_nothing_up(string? path)
    {
        using Folder folder = new();
        ListLoggers loggers = new();
        await using CallStory story = new(loggers: loggers);
        story.Agents.Apology = path ?? folder.Wav(Signals.Noise(44_100, 0.5, seed: 1), 44_100);
        story.Begin();
        story.Model.Ready();
        story.Line(1000);
        story.Model.IsLost();
        await Eventually.TrueAsync(() => loggers.Lines.Any(line => line.Contains("could not be played", StringComparison.Ordinal)), "operators are told");
        await Eventually.TrueAsync(
            () =>
            {
                story.Line(20);
                return story.HasEnded;
            },
            "the call ends");

        Assert.Equal(CallEndReason.ModelLost, await story.EndedAsync());
        Assert.DoesNotContain(loggers.Lines, line => line.StartsWith("Error", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_caller_who_hangs_up_during_the_apology_has_hung_up()
    {
        using Folder folder = new();
        await using CallStory story = new();
        story.Agents.Apology = folder.Wav(Signals.Noise(8000, 5, seed: 1), 8000);
        story.Begin();
        story.Model.Ready();
        story.Line(500);
        story.Model.IsLost();
        await Eventually.TrueAsync(() => Sent(story) > 0, "the apology plays");

        Assert.Equal(CallEndReason.CallerHungUp, await story.HangUpAsync());
    }

    [Fact]
    public async Task An_apology_of_any_length_ends_after_half_a_minute()
    {
        using Folder folder = new();
        await using CallStory story = new();
        story.Agents.Apology = folder.Wav(Signals.Noise(8000, 60, seed: 1), 8000);
        story.Begin();
        story.Model.Ready();
        story.Line(1000);
        story.Model.IsLost();
        await Eventually.TrueAsync(() => Sent(story) > 0, "the apology plays");
        story.Line(29_700);
        Assert.False(story.HasEnded);
        story.Line(600);

        Assert.Equal(CallEndReason.ModelLost, await story.EndedAsync());
    }

    private static long Sent(CallStory story)
    {
        lock (story.Call.Gate)
        {
            return story.Caller.PcmBytes;
        }
    }

    private sealed class Folder : IDisposable
    {
        private readonly string _path = Directory.CreateTempSubdirectory("matrixd-apology-").FullName;

        public string Wav(short[] pcm, int rate)
        {
            string path = Path.Combine(_path, "sorry.wav");
            byte[] header = new byte[WavHeader.Length];
            WavHeader.Write(header, rate, 1, pcm.Length * 2);
            File.WriteAllBytes(path, [.. header, .. Samples16.BytesOf(pcm)]);
            return path;
        }

        public void Dispose() => Directory.Delete(_path, recursive: true);
    }
}
