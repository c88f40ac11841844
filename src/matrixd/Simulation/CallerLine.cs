using System.Buffers;
using System.Text;
using Matrixd.Transport;

namespace Matrixd.Simulation;

/// <summary>What comes down the line: checked against Exotel's rules, played into the earpiece, marks remembered until they are due.</summary>
/// <remarks>Owned by one caller and called under its lock.</remarks>
internal sealed class CallerLine(CallerOptions options)
{
    private const int MaxEvents = 100_000; // of a remembered call: half a day of chunks
    private const int MaxMarks = 1000; // that wait for their audio; Exotel's own bound is not known

    private readonly byte[] _streamSid = Encoding.UTF8.GetBytes(options.StreamSid);
    private readonly Queue<(string Name, TimeSpan Due)> _marks = new();
    private readonly List<CallerEvent> _events = [];

    public Earpiece Ear { get; } = new(options.Audio.Rate, options.Remember);

    public IReadOnlyList<CallerEvent> Events => _events;

    public SortedDictionary<string, int> Violations { get; } = [];

    /// <summary>Marks that came.</summary>
    public int Marks { get; private set; }

    /// <summary>When the next mark is to be echoed; null: none waits.</summary>
    public TimeSpan? NextMark => _marks.TryPeek(out (string Name, TimeSpan Due) mark) ? mark.Due : null;

    public void Take(WebSocketOpcode opcode, ReadOnlySpan<byte> message, TimeSpan now, bool started)
    {
        ExotelDownlink down = ExotelDownlink.Read(message);
        ChunkFault fault = opcode != WebSocketOpcode.Text || !down.Good ? ChunkFault.Malformed
            : !started ? ChunkFault.OutOfTurn
            : !down.StreamSid.SequenceEqual(_streamSid) ? ChunkFault.WrongStream
            : ChunkFault.None;
        string name = "";
        int bytes = 0;
        if (fault == ChunkFault.None)
        {
            fault = Obey(down, now, out name, out bytes);
        }

        if (fault != ChunkFault.None)
        {
            string key = NameOf(fault);
            Violations[key] = Violations.GetValueOrDefault(key) + 1;
        }

        if (options.Remember && _events.Count < MaxEvents)
        {
            _events.Add(new CallerEvent(Encoding.UTF8.GetString(down.Event), name, bytes, now, fault));
        }
    }

    /// <summary>Takes the mark that is due, if one is.</summary>
    public string? DueMark(TimeSpan now)
    {
        if (NextMark is { } due && due <= now)
        {
            return _marks.Dequeue().Name;
        }

        return null;
    }

    private ChunkFault Obey(ExotelDownlink down, TimeSpan now, out string name, out int bytes)
    {
        name = "";
        bytes = 0;
        if (down.Event.SequenceEqual("media"u8))
        {
            byte[] pcm = ArrayPool<byte>.Shared.Rent(ExotelDownlink.LargestChunk + ExotelDownlink.SmallestChunk);
            ChunkFault fault = down.Decode(pcm, out bytes);
            if (bytes > 1)
            {
                Ear.Play(now, pcm.AsSpan(0, bytes & ~1)); // violations are soft: it is played all the same
            }

            ArrayPool<byte>.Shared.Return(pcm);
            return fault;
        }

        if (down.Event.SequenceEqual("mark"u8))
        {
            name = Encoding.UTF8.GetString(down.Name);
            if (name.Length == 0 || _marks.Count == MaxMarks)
            {
                return ChunkFault.Malformed;
            }

            Marks++;
            _marks.Enqueue((name, Ear.End > now ? Ear.End : now));
            return ChunkFault.None;
        }

        if (down.Event.SequenceEqual("clear"u8))
        {
            Ear.Clear(now);
            _marks.Clear(); // Assumed: marks outstanding at a clear do not come back; the product must live with both
            return ChunkFault.None;
        }

        return ChunkFault.UnknownEvent;
    }

    private static string NameOf(ChunkFault fault) => fault switch
    {
        ChunkFault.TooSmall => "too_small",
        ChunkFault.TooLarge => "too_large",
        ChunkFault.NotMultiple => "not_multiple_of_320",
        ChunkFault.NotBase64 => "not_base64",
        ChunkFault.WrongStream => "wrong_stream_sid",
        ChunkFault.Malformed => "malformed",
        ChunkFault.UnknownEvent => "unknown_event",
        _ => "out_of_turn",
    };
}
