using System.Text;
using Matrixd.Audio;
using Matrixd.Calls;
using Matrixd.Exotel;

namespace Matrixd.Diagnostics;

/// <summary>The caller's audio where the tape has none: from the call's recording, else silence.</summary>
/// <remarks>The recording is cut at the places at which the call put the frames: by their counters and their arrival.</remarks>
internal sealed class ReplayCallerAudio(WavAudio? recording)
{
    private readonly short[] _caller = recording is null ? [] : Samples16.FirstChannel(recording);
    private CallerTimeline? _timeline;
    private TimeSpan _start;

    /// <summary>Bytes that were asked for.</summary>
    public long Elided { get; private set; }

    /// <summary>The stream has started: time and rate of the recording begin here.</summary>
    public void Begin(TimeSpan at, int sampleRate)
    {
        _start = at;
        Rate = sampleRate;
        _timeline = new CallerTimeline(sampleRate);
    }

    /// <summary>[Hz]; 0 before the start.</summary>
    public int Rate { get; private set; }

    /// <summary>The audio of one message.</summary>
    public byte[] Take(TapeEntry entry, int bytes)
    {
        Elided += bytes;
        byte[] pcm = new byte[bytes];
        if (_timeline is null || recording is null || recording.SampleRate != Rate)
        {
            return pcm;
        }

        ExotelFrame frame = ExotelFrameReader.Read(Encoding.UTF8.GetBytes(entry.Json));
        long now = (entry.At - _start).Ticks * Rate / TimeSpan.TicksPerSecond;
        long position = _timeline.Place(bytes / Pcm.BytesPerSample, frame.Sequence, frame.Timestamp, now);
        if (position >= 0 && position < _caller.Length)
        {
            int samples = (int)Math.Min(bytes / Pcm.BytesPerSample, _caller.Length - position);
            Samples16.BytesOf(_caller.AsSpan((int)position, samples)).CopyTo(pcm);
        }

        return pcm;
    }
}
