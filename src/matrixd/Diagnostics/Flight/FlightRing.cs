using System.Buffers.Binary;
using System.Text;
using Matrixd.Memory;

namespace Matrixd.Diagnostics;

/// <summary>The last control messages of one call: what they were and when, and how much audio went each way between them.</summary>
/// <remarks>
/// Lives as long as its call, in one small array; the oldest entry makes room for the newest. Audio costs a look at a message's head and one addition.
/// Any thread: both sockets' loops and senders speak; the lock is taken for control messages alone, a few a second.
/// </remarks>
internal sealed class FlightRing : IHot
{
    // With the ring itself and the taps of two sockets a call costs less than 2 KiB. About 30 entries: the last two or three turns.
    private const int Size = 1280;
    private const int Directions = 4;

    // Length of the words, leg and direction, milliseconds, four counts.
    private const int EntryHead = 1 + 1 + 4 + (2 * Directions);

    private readonly Lock _gate = new();
    private readonly byte[] _ring = new byte[Size];
    private readonly int[] _audio = new int[Directions];
    private int _first;
    private int _used;

    public delegate void Reader(in FlightEntry entry);

    /// <summary>Entries that had to make room.</summary>
    public int Forgotten { get; private set; }

    /// <summary>A message of either socket.</summary>
    public void Message(TapeLeg leg, bool isInbound, ReadOnlySpan<byte> message, TimeProvider clock, long origin)
    {
        if (FlightWords.IsAudio(leg, isInbound, message))
        {
            Interlocked.Increment(ref _audio[Direction(leg, isInbound)]);
            return;
        }

        Span<byte> words = stackalloc byte[FlightWords.MaxLength];
        Add(leg, isInbound, words[..FlightWords.Write(leg, message, words)], (long)clock.GetElapsedTime(origin).TotalMilliseconds);
    }

    /// <summary>Something that is no message.</summary>
    public void Event(TapeLeg leg, bool isInbound, TapeEvent what, ushort code, string text, long micros)
    {
        Span<byte> words = stackalloc byte[FlightWords.MaxLength];
        string line = code > 0 ? $" {what} {code} {text}" : $" {what} {text}";
        Encoding.UTF8.TryGetBytes(PhoneMask.Of(line.Length > FlightWords.MaxLength / 2 ? line[..(FlightWords.MaxLength / 2)] : line), words, out int length);
        Add(leg, isInbound, words[..length], micros / 1000);
    }

    /// <summary>Hands over every entry, oldest first.</summary>
    public void Read(Reader reader)
    {
        Span<byte> entry = stackalloc byte[EntryHead + FlightWords.MaxLength];
        Span<ushort> audio = stackalloc ushort[Directions];
        lock (_gate)
        {
            for (int at = 0; at < _used;)
            {
                int length = EntryHead + _ring[(_first + at) % Size];
                Copy(_first + at, entry[..length]);
                for (int i = 0; i < Directions; i++)
                {
                    audio[i] = BinaryPrimitives.ReadUInt16LittleEndian(entry[(6 + (2 * i))..]);
                }

                reader(new FlightEntry
                {
                    Leg = (TapeLeg)(entry[1] >> 1),
                    IsInbound = (entry[1] & 1) == 1,
                    Milliseconds = BinaryPrimitives.ReadUInt32LittleEndian(entry[2..]),
                    Audio = audio,
                    Words = entry[EntryHead..length],
                });
                at += length;
            }
        }
    }

    private void Add(TapeLeg leg, bool isInbound, ReadOnlySpan<byte> words, long milliseconds)
    {
        Span<byte> head = stackalloc byte[EntryHead];
        head[0] = (byte)words.Length;
        head[1] = (byte)(((int)leg << 1) | (isInbound ? 1 : 0));
        BinaryPrimitives.WriteUInt32LittleEndian(head[2..], (uint)Math.Clamp(milliseconds, 0, uint.MaxValue));
        lock (_gate)
        {
            for (int i = 0; i < Directions; i++)
            {
                BinaryPrimitives.WriteUInt16LittleEndian(head[(6 + (2 * i))..], (ushort)Math.Min(ushort.MaxValue, Interlocked.Exchange(ref _audio[i], 0)));
            }

            while (_used + EntryHead + words.Length > Size)
            {
                int oldest = EntryHead + _ring[_first];
                _first = (_first + oldest) % Size;
                _used -= oldest;
                Forgotten++;
            }

            Append(head);
            Append(words);
        }
    }

    private void Append(ReadOnlySpan<byte> bytes)
    {
        foreach (byte b in bytes)
        {
            _ring[(_first + _used++) % Size] = b;
        }
    }

    private void Copy(int from, Span<byte> into)
    {
        for (int i = 0; i < into.Length; i++)
        {
            into[i] = _ring[(from + i) % Size];
        }
    }

    private static int Direction(TapeLeg leg, bool isInbound) => (leg == TapeLeg.Exotel ? 0 : 2) + (isInbound ? 0 : 1);

    public void AddTo(HotSet set) => set.Add(_audio);
}
