using Matrixd.Audio;
using Matrixd.Memory;

namespace Matrixd.Calls;

/// <summary>Caller audio on its way to the model: brought to 16 kHz, put into messages, kept while the model takes none.</summary>
/// <remarks>Owned by one call, under its gate. The backlog takes memory from the pool only while it holds audio; beyond its bound the oldest is dropped and counted.</remarks>
internal sealed class Uplink : IHot
{
    /// <summary>What the model hears [Hz].</summary>
    public const int ModelRate = 16_000;

    // What was kept is replayed at no more than five times real time.
    private const int ReplayFactor = 5;

    private readonly IModelLeg _model;
    private readonly CallCounters _counters;
    private readonly Resampler _resampler;
    private readonly AudioQueue _backlog;
    private readonly byte[] _frame;
    private int _filled;
    private int _credit; // of the replay [bytes]

    /// <param name="sampleRate">The caller's rate [Hz].</param>
    /// <param name="frame">Audio in one message.</param>
    /// <param name="bound">Audio kept at most.</param>
    public Uplink(IModelLeg model, int sampleRate, TimeSpan frame, TimeSpan bound, CallCounters counters)
    {
        _model = model;
        _counters = counters;
        _resampler = Resampler.Create(sampleRate, ModelRate);
        _frame = new byte[Bytes(frame)];
        _backlog = new AudioQueue(Bytes(bound));
    }

    /// <summary>Caller audio that waits for the model [bytes].</summary>
    public int Backlog => _backlog.Count;

    /// <summary>Takes the next samples of the caller.</summary>
    public void Write(ReadOnlySpan<short> pcm)
    {
        Span<short> output = stackalloc short[Samples16.BlockLength];
        int step = (int)((long)(Samples16.BlockLength - 4) * _resampler.InputRate / ModelRate);
        while (!pcm.IsEmpty)
        {
            int take = Math.Min(step, pcm.Length);
            Fill(Samples16.BytesOf(output[.._resampler.Process(pcm[..take], output)]));
            pcm = pcm[take..];
        }
    }

    /// <summary>Sends what has been kept, at the pace of a replay. Called at each frame of the caller and from the call's housekeeping.</summary>
    /// <param name="elapsed">Time since it was called last.</param>
    public void Replay(TimeSpan elapsed)
    {
        if (_backlog.Count == 0 || !_model.TakesAudio)
        {
            _credit = _frame.Length; // the first message of a replay waits for nothing
            return;
        }

        // More than what is kept is never needed; it bounds the sum where the last call was long ago.
        _credit = (int)Math.Min(_backlog.Capacity, _credit + (elapsed.Ticks * ReplayFactor * ModelRate * Pcm.BytesPerSample / TimeSpan.TicksPerSecond));
        Span<byte> frame = stackalloc byte[_frame.Length];
        while (_credit >= Math.Min(_frame.Length, _backlog.Count) && _backlog.Count > 0 && _model.TakesAudio)
        {
            int read = _backlog.Read(frame);
            _model.SendAudio(frame[..read]);
            _credit -= read;
        }
    }

    /// <summary>Sends the part of a message that is filled: the caller's stream pauses.</summary>
    public void FlushPartial()
    {
        if (_filled > 0)
        {
            Send(_frame.AsSpan(0, _filled));
            _filled = 0;
        }
    }

    /// <summary>Gives its memory back: the call is over.</summary>
    public void Release() => _backlog.Clear();

    private void Fill(ReadOnlySpan<byte> pcm)
    {
        while (!pcm.IsEmpty)
        {
            if (_filled == 0 && pcm.Length >= _frame.Length)
            {
                Send(pcm[.._frame.Length]); // frames of the carrier's are messages of the model's, as a rule
                pcm = pcm[_frame.Length..];
                continue;
            }

            int take = Math.Min(_frame.Length - _filled, pcm.Length);
            pcm[..take].CopyTo(_frame.AsSpan(_filled));
            _filled += take;
            pcm = pcm[take..];
            if (_filled == _frame.Length)
            {
                Send(_frame);
                _filled = 0;
            }
        }
    }

    private void Send(ReadOnlySpan<byte> frame)
    {
        if (_backlog.Count == 0 && _model.TakesAudio)
        {
            _model.SendAudio(frame);
            return;
        }

        _backlog.WriteDroppingOldest(frame, out int dropped);
        if (dropped > 0)
        {
            CallCounters.Add(ref _counters.UplinkDroppedBytes, dropped);
        }
    }

    private static int Bytes(TimeSpan time) => (int)(time.Ticks * ModelRate / TimeSpan.TicksPerSecond) * Pcm.BytesPerSample;

    public void AddTo(HotSet set) => set.Add(_resampler).Add(_resampler.WorkingMemory).Add(_backlog);
}
