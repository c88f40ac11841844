using Matrixd.Audio;
using Matrixd.Memory;

namespace Matrixd.Calls;

/// <summary>Listens to both sides of a call, and tells the watch and our own ear for interruptions what it hears.</summary>
/// <remarks>Owned by one call, under its gate; allocates in the constructor only. Hears nothing, and costs nothing, where nobody wants to know.</remarks>
internal sealed class CallListener : IHot
{
    private readonly StallWatch? _watch;
    private readonly CallerEar? _ear;
    private readonly int _sampleRate;
    private BargeInEar? _bargeIn;

    /// <param name="sampleRate">The caller's rate [Hz].</param>
    /// <param name="watch">Null: nobody watches the model.</param>
    public CallListener(CallsOptions options, int sampleRate, StallWatch? watch)
    {
        _watch = watch;
        _sampleRate = sampleRate;
        _ear = watch is not null || options.BargeIn.IsLocal ? new CallerEar(sampleRate, options.OutboundLead) : null;
        _bargeIn = options.BargeIn.IsLocal ? new BargeInEar(options.BargeIn) : null;
    }

    /// <summary>To be told what the caller hears; null: that does not matter.</summary>
    public FarEndLevel? FarEnd => _ear?.FarEnd;

    /// <summary>A frame of the caller.</summary>
    /// <param name="elapsed">Time since the call's start.</param>
    /// <param name="now">The same in samples.</param>
    /// <param name="playout">What the caller hears meanwhile.</param>
    public BargeInDecision Caller(ReadOnlySpan<short> pcm, TimeSpan elapsed, long now, Playout playout)
    {
        if (_ear is not { } ear)
        {
            return BargeInDecision.None;
        }

        ear.Hear(now, pcm);
        TimeSpan length = Time(pcm.Length, _sampleRate);
        if (ear.IsVoice)
        {
            _watch?.CallerVoice(elapsed, length, playout.IsPlaying(now));
        }

        return _bargeIn?.Hear(elapsed, length, ear.Voice, Time(playout.Clock.HeardFor(now), _sampleRate)) ?? BargeInDecision.None;
    }

    /// <summary>Audio of the model.</summary>
    public void Model(ReadOnlySpan<short> pcm, int sampleRate, TimeSpan elapsed) =>
        _watch?.ModelAudio(elapsed, Time(pcm.Length, sampleRate), PcmLevel.RmsDbfs(pcm), PcmLevel.Peak(pcm));

    /// <summary>What was being played is dropped.</summary>
    public void Forget() => _bargeIn?.Forget();

    /// <summary>From here on nobody is there to be interrupted.</summary>
    public void StopInterrupting() => _bargeIn = null;

    private static TimeSpan Time(long samples, int sampleRate) => TimeSpan.FromTicks(samples * TimeSpan.TicksPerSecond / sampleRate);

    public void AddTo(HotSet set) => set.Add(_ear);
}
