using System.Buffers;

namespace Matrixd.Transport;

/// <summary>Where a message is put together that did not come in one piece.</summary>
/// <remarks>Owns one array of the shared pool while it holds anything, and none otherwise. One thread.</remarks>
internal sealed class MessageBuffer
{
    // A frame says how long it will be before it proves it: believed up to here, then memory follows what has come, doubling.
    private const int BelievedBytes = 16 * 1024;
    private byte[]? _array;

    public int Length { get; private set; }

    public Span<byte> Written => _array.AsSpan(0, Length);

    /// <summary>Makes room for <paramref name="size"/> more bytes and counts them as written.</summary>
    /// <param name="size">Bytes that the caller will fill now.</param>
    /// <param name="expected">Bytes that are to come in all, these included: a hint.</param>
    public Span<byte> Extend(int size, long expected)
    {
        int needed = Length + size;
        if (_array is null || _array.Length < needed)
        {
            Grow(needed, (int)Math.Min(Length + expected, BelievedBytes));
        }

        Span<byte> added = _array.AsSpan(Length, size);
        Length = needed;
        return added;
    }

    /// <summary>Empties the buffer; its array goes back.</summary>
    public void Release()
    {
        if (_array is not null)
        {
            ArrayPool<byte>.Shared.Return(_array);
            _array = null;
        }

        Length = 0;
    }

    private void Grow(int needed, int believed)
    {
        long doubled = Math.Min(2L * Length, Array.MaxLength);
        byte[] larger = ArrayPool<byte>.Shared.Rent(Math.Max(Math.Max(needed, believed), (int)doubled));
        Written.CopyTo(larger);
        if (_array is not null)
        {
            ArrayPool<byte>.Shared.Return(_array);
        }

        _array = larger;
    }
}
