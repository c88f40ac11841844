using System.Runtime.InteropServices;

namespace Matrixd.Tests.Support;

/// <summary>The far end of a caller's leg in virtual time: a network that takes so many bytes a second, a carrier that plays what has come, in real time.</summary>
internal sealed class CallsEar
{
    private readonly FakeCallerLeg _leg;
    private readonly Queue<object> _network = new(); // short[]: a chunk; long: a mark; null-like string: a clear
    private readonly Queue<object> _carrier = new();
    private readonly Queue<short> _playing = new();
    private readonly List<short> _heard = [];
    private long _taken; // of the leg's audio [bytes]
    private double _credit;
    private int _inNetwork;

    public CallsEar(FakeCallerLeg leg, int rate)
    {
        _leg = leg;
        Rate = rate;
        leg.OnChunk = OnChunk;
        leg.OnMark = mark => _network.Enqueue(mark);
        leg.OnClear = () => _network.Enqueue("clear");
    }

    public int Rate { get; }

    /// <summary>Framed bytes a second that the network takes; infinite: at once.</summary>
    public double BytesPerSecond { get; set; } = double.PositiveInfinity;

    /// <summary>What the network's own buffers swallow before the leg sees a queue [bytes].</summary>
    public int Buffers { get; init; }

    /// <summary>Told of each mark that the carrier echoes.</summary>
    public Action<long>? OnEcho { get; set; }

    /// <summary>What was heard since the beginning, zeros where nothing played.</summary>
    public ReadOnlySpan<short> Heard => CollectionsMarshal.AsSpan(_heard);

    /// <summary>Audio that has left us and has not been heard [samples].</summary>
    public int Unheard => _playing.Count + _carrier.Concat(_network).Sum(item => (item as short[])?.Length ?? 0);

    /// <summary>Audio at the carrier [samples].</summary>
    public int AtCarrier => _playing.Count + _carrier.Sum(item => (item as short[])?.Length ?? 0);

    public void Pass(int samples)
    {
        Move(samples);
        for (int i = 0; i < samples; i++)
        {
            Echo();
            _heard.Add(_playing.TryDequeue(out short sample) ? sample : (short)0);
        }

        Echo();
    }

    private static int Framed(short[] pcm) => (pcm.Length * 8 / 3) + 120;

    private void OnChunk(int samples)
    {
        short[] pcm = new short[samples];
        MemoryMarshal.Cast<byte, short>(_leg.Pcm.AsSpan((int)_taken)).CopyTo(pcm);
        _taken = _leg.PcmBytes;
        _network.Enqueue(pcm);
        _inNetwork += Framed(pcm);
        Move(0);
    }

    private void Move(int samples)
    {
        _credit = _network.Count == 0 ? 0 : _credit + (BytesPerSecond * samples / Rate);
        while (_network.TryPeek(out object? next) && (next is not short[] || double.IsInfinity(BytesPerSecond) || _credit >= Framed((short[])next)))
        {
            _network.Dequeue();
            if (next is short[] pcm)
            {
                _credit -= Framed(pcm);
                _inNetwork -= Framed(pcm);
            }

            if (next is "clear")
            {
                _carrier.Clear();
                _playing.Clear();
            }
            else
            {
                _carrier.Enqueue(next);
            }
        }

        _credit = double.IsInfinity(BytesPerSecond) ? 0 : _credit;
        _leg.QueuedBytes = Math.Max(0, _inNetwork - Buffers);
    }

    // Marks come back when all before them has been played.
    private void Echo()
    {
        while (_playing.Count == 0 && _carrier.TryDequeue(out object? next))
        {
            if (next is long mark)
            {
                OnEcho?.Invoke(mark);
                continue;
            }

            foreach (short sample in (short[])next)
            {
                _playing.Enqueue(sample);
            }
        }
    }
}
