using Matrixd.Audio;
using Matrixd.Calls;

namespace Matrixd.Tests.Support;

/// <summary>A playout with a virtual ear at the far end: plays in real time what it was sent, from the moment it had something.</summary>
internal sealed class CallsPlayoutRig
{
    private long _runStart = -1;
    private long _runSent;
    private long _again = long.MaxValue;

    public CallsPlayoutRig(int rate, int leadMs = 300)
    {
        Rate = rate;
        Lead = (long)rate * leadMs / 1000;
        Leg.OnChunk = OnChunk;
        Playout = new Playout(Leg, rate, TimeSpan.FromMilliseconds(leadMs), null, Counters);
    }

    public int Rate { get; }

    public long Lead { get; }

    public FakeCallerLeg Leg { get; } = new();

    public CallCounters Counters { get; } = new();

    public Playout Playout { get; }

    /// <summary>Samples on the time line.</summary>
    public long Now { get; private set; }

    /// <summary>Samples the ear has and has not heard.</summary>
    public long AtCarrier => _runStart < 0 ? 0 : Math.Max(0, _runSent - (Now - _runStart));

    /// <summary>The most it ever had after a chunk beyond the lead, in units of that chunk.</summary>
    public double WorstAhead { get; private set; }

    /// <summary>Times the ear ran dry and was given something later.</summary>
    public int Underruns { get; private set; }

    public void Write(ReadOnlySpan<short> pcm, int rate = 24_000) => Playout.Write(Samples16.BytesOf(pcm), rate, Now);

    public void Pump() => _again = Playout.Pump(Now);

    /// <summary>Time passes; the playout is pumped when it asked to be.</summary>
    public void Pass(int milliseconds)
    {
        for (int done = 0; done < milliseconds; done += 5)
        {
            long step = Rate / 200;
            Now += step;
            _again = _again == long.MaxValue ? _again : _again - step;
            if (_again <= 0)
            {
                Pump();
            }
        }
    }

    /// <summary>What the audio of one turn is at the caller's rate, its flush included.</summary>
    public static byte[] Resampled(ReadOnlySpan<short> pcm, int from, int to)
    {
        Resampler resampler = Resampler.Create(from, to);
        short[] output = new short[resampler.OutputLength(pcm.Length) + resampler.MaxOutputLength(1000)];
        int length = resampler.Process(pcm, output);
        length += resampler.Flush(output.AsSpan(length));
        return Samples16.BytesOf(output.AsSpan(0, length)).ToArray();
    }

    private void OnChunk(int samples)
    {
        if (AtCarrier == 0)
        {
            Underruns += _runStart < 0 ? 0 : 1;
            _runStart = Now;
            _runSent = 0;
        }

        _runSent += samples;
        WorstAhead = Math.Max(WorstAhead, (AtCarrier - Lead) / (double)samples);
    }
}
