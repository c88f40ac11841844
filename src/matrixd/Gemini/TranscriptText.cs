using System.Buffers;
using System.Text.Json;

namespace Matrixd.Gemini;

/// <summary>What one message says of a transcript, in a buffer of the pool: pieces come several times a second, and none of them is worth a string.</summary>
/// <remarks>Whoever has read it calls <see cref="Release"/>. A message that turns out to be broken leaves its buffer to the collector.</remarks>
internal struct TranscriptText
{
    private char[]? _buffer;
    private int _length;

    /// <summary>[characters]</summary>
    public readonly int Length => _length;

    /// <summary>Until <see cref="Release"/>.</summary>
    public readonly ReadOnlySpan<char> Text => _buffer.AsSpan(0, _length);

    /// <summary>Reads the value of the property read last; it stands behind the first <paramref name="keep"/> characters. What is no string leaves these alone.</summary>
    /// <exception cref="InvalidOperationException">It is not UTF-8, or an escape in it is not a character.</exception>
    public void Read(ref Utf8JsonReader reader, int keep)
    {
        reader.Read();
        _length = keep;
        if (reader.TokenType != JsonTokenType.String)
        {
            reader.Skip();
            return;
        }

        Reserve(keep + reader.ValueSpan.Length); // a character is a byte or more
        _length += reader.CopyString(_buffer.AsSpan(keep));
    }

    public void Release()
    {
        if (_buffer is { } buffer)
        {
            ArrayPool<char>.Shared.Return(buffer);
        }

        this = default;
    }

    private void Reserve(int characters)
    {
        if (_buffer is null || _buffer.Length < characters)
        {
            char[] larger = ArrayPool<char>.Shared.Rent(characters);
            Text.CopyTo(larger);
            int length = _length;
            Release();
            _buffer = larger;
            _length = length;
        }
    }
}
