using Matrixd.Calls;

namespace Matrixd.Tests.Support;

/// <summary>A watch in virtual time, told what a caller and a model do in a few words.</summary>
internal sealed class CallsStallRig
{
    private const double Voice = -20; // [dBFS]
    private static readonly TimeSpan s_frame = TimeSpan.FromMilliseconds(20);

    public StallWatch Watch { get; } = new(new StallOptions());

    public List<Stall> Stalls { get; } = [];

    public IEnumerable<StallStep> Steps => Stalls.Select(stall => stall.Step);

    public TimeSpan Now { get; private set; }

    public StallView View { get; set; } = new(CanSpeak: true, IsBusy: false, IsPlaying: false);

    public void Speak(double seconds)
    {
        for (double at = 0; at < seconds - 0.001; at += 0.02)
        {
            Now += s_frame;
            Watch.CallerVoice(Now, s_frame, View.IsPlaying);
            Check();
        }
    }

    /// <summary>Audio of the model, faster than it plays.</summary>
    /// <param name="ends">False: more is to come.</param>
    /// <returns>The step that it ended a stall after.</returns>
    public StallStep? Say(double seconds, double level = Voice, int peak = 8000, bool ends = true)
    {
        StallStep? helped = null;
        for (double at = 0; at < seconds - 0.001; at += 0.1)
        {
            helped ??= Watch.ModelAudio(Now, TimeSpan.FromMilliseconds(100), level, peak);
        }

        if (ends)
        {
            Watch.GenerationComplete();
        }

        Watch.Message();
        return helped;
    }

    public void EndTurn(TurnNote note = TurnNote.None)
    {
        Watch.TurnComplete(Now, note);
        Watch.Message();
    }

    public void Interrupt()
    {
        Watch.Interrupted(Now);
        Watch.Message();
    }

    public void Wait(double seconds)
    {
        for (double at = 0; at < seconds - 0.001; at += 0.2)
        {
            Now += TimeSpan.FromMilliseconds(200);
            Check();
        }
    }

    private void Check()
    {
        if (Watch.Check(Now, View) is { } stall)
        {
            Stalls.Add(stall);
        }
    }
}
