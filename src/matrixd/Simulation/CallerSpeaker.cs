using System.Runtime.InteropServices;
using Matrixd.Transport;

namespace Matrixd.Simulation;

/// <summary>Decides what the next frame says: the recording, silence after it, the recording again over the model's voice.</summary>
/// <remarks>Owned by one caller and called under its lock; times are those since <c>start</c>.</remarks>
internal sealed class CallerSpeaker(CallerOptions options)
{
    private readonly TimeSpan _frame = TimeSpan.FromMilliseconds(options.Audio.FrameMs);
    private readonly List<short> _said = [];
    private WebSocketClose _close;
    private long _sent;
    private long _late;
    private int _position = -(int)(options.SpeakAfter.TotalMilliseconds / options.Audio.FrameMs); // in the recording [frames]; negative: listening
    private bool _barged;

    /// <summary>When the next frame is to leave.</summary>
    public TimeSpan NextDue => (_sent + 1) * _frame; // a frame leaves when its last sample has been spoken

    /// <summary>All is said and the line has lingered.</summary>
    public bool Done => _position >= options.Audio.Count + (long)(options.Linger / _frame) && (_barged || options.BargeAt is not { } at || NextDue > at + options.Linger);

    /// <summary>When the line ended.</summary>
    public TimeSpan Ended { get; private set; }

    public short[] Said => [.. _said];

    /// <summary>The next frame in base64.</summary>
    /// <param name="modelSpeaks">The earpiece plays.</param>
    /// <param name="number">Of the frame, from 1.</param>
    public ReadOnlySpan<byte> Next(TimeSpan now, bool modelSpeaks, out long number)
    {
        if (now - NextDue > _frame)
        {
            _late++;
        }

        if (!_barged && options.BargeAt is { } at && now >= at && modelSpeaks && _position >= options.Audio.Count)
        {
            _barged = true;
            _position = 0;
        }

        ReadOnlySpan<byte> base64 = options.Audio.Frame(_position);
        if (options.Remember)
        {
            Keep();
        }

        _position++;
        number = ++_sent;
        return base64;
    }

    public void End(TimeSpan now, WebSocketClose close)
    {
        Ended = now;
        _close = close;
    }

    public CallerReport Complete(CallerReport begun, CallerLine line) => begun with
    {
        FirstAudioMs = line.Ear.FirstAudio?.TotalMilliseconds,
        DurationMs = Ended.TotalMilliseconds,
        HeardMs = line.Ear.Heard.TotalMilliseconds,
        LargestQueueMs = line.Ear.LargestQueue.TotalMilliseconds,
        Chunks = line.Ear.Chunks,
        Clears = line.Ear.Clears,
        Marks = line.Marks,
        UnderRuns = line.Ear.UnderRuns,
        Violations = line.Violations.Values.Sum(),
        ViolationKinds = line.Violations,
        FramesSent = _sent,
        FramesLate = _late,
        CloseCode = _close.Code,
        CloseCause = _close.Cause.ToString().ToLowerInvariant(),
        CloseReason = _close.Reason,
    };

    private void Keep()
    {
        ReadOnlySpan<short> pcm = options.Audio.Pcm.Span;
        int size = options.Audio.FrameSamples;
        int from = _position < 0 ? pcm.Length : Math.Min(pcm.Length, _position * size);
        int count = Math.Min(pcm.Length - from, size);
        _said.AddRange(pcm.Slice(from, count));
        CollectionsMarshal.SetCount(_said, _said.Count + size - count);
        CollectionsMarshal.AsSpan(_said)[^(size - count)..].Clear();
    }
}
