using System.Text.Json;

namespace Matrixd.Diagnostics;

/// <summary>What a flight record says of a message: names of fields and a few closed words, never what was said in the call. Allocates nothing.</summary>
internal static class FlightWords
{
    /// <summary>Longest text of one entry [bytes].</summary>
    public const int MaxLength = 120;

    // Where a message shows what it is: our own begin with it, Gemini's are printed over several lines with the audio five levels deep.
    private const int Head = 256;
    private const int Tail = 192;
    private const int MaxValue = 40;

    /// <summary>True for a message that carries audio and nothing else worth a word.</summary>
    public static bool IsAudio(TapeLeg leg, bool isInbound, ReadOnlySpan<byte> message)
    {
        ReadOnlySpan<byte> head = message[..Math.Min(message.Length, Head)];
        if (leg == TapeLeg.Exotel)
        {
            return head.IndexOf("\"media\""u8) >= 0;
        }

        if (!isInbound)
        {
            return message.StartsWith("{\"realtime_input\":{\"audio\":{"u8);
        }

        ReadOnlySpan<byte> tail = message[Math.Max(0, message.Length - Tail)..];
        return head.IndexOf("\"inlineData\""u8) >= 0 && tail.IndexOf("Complete\""u8) < 0 && tail.IndexOf("interrupted"u8) < 0;
    }

    /// <summary>The names of a message's fields, two deep, and the words that are worth it.</summary>
    /// <returns>Bytes written.</returns>
    public static int Write(TapeLeg leg, ReadOnlySpan<byte> message, Span<byte> into)
    {
        Cursor words = new(into);
        try
        {
            Utf8JsonReader reader = new(message);
            while (reader.Read() && !words.IsFull)
            {
                if (reader.TokenType == JsonTokenType.PropertyName)
                {
                    WriteName(ref reader, leg, ref words);
                }
            }
        }
        catch (JsonException)
        {
            words.Add(" not JSON"u8);
        }

        return words.Length;
    }

    private static void WriteName(ref Utf8JsonReader reader, TapeLeg leg, ref Cursor words)
    {
        bool isTold = IsTold(ref reader, leg);
        if (reader.CurrentDepth <= 2 || isTold)
        {
            words.Add(reader.CurrentDepth == 2 ? "."u8 : " "u8);
            words.Add(reader.ValueSpan);
        }

        if (isTold && reader.Read() && reader.TokenType is JsonTokenType.String or JsonTokenType.Number or JsonTokenType.True or JsonTokenType.False)
        {
            words.Add("="u8);
            words.Add(reader.ValueSpan[..Math.Min(reader.ValueSpan.Length, MaxValue)]);
        }
    }

    // Of the carrier only closed words: a start names people.
    private static bool IsTold(ref Utf8JsonReader reader, TapeLeg leg) => leg == TapeLeg.Exotel
        ? reader.ValueTextEquals("event"u8) || reader.ValueTextEquals("reason"u8)
        : reader.ValueTextEquals("timeLeft"u8) || reader.ValueTextEquals("name"u8) || reader.ValueTextEquals("resumable"u8)
            || reader.ValueTextEquals("turnCompleteReason"u8) || reader.ValueTextEquals("interactionStatus"u8) || reader.ValueTextEquals("code"u8)
            || reader.ValueTextEquals("status"u8) || reader.ValueTextEquals("model"u8);

    private ref struct Cursor(Span<byte> into)
    {
        private readonly Span<byte> _into = into;

        public int Length { get; private set; }

        public readonly bool IsFull => Length == _into.Length;

        public void Add(ReadOnlySpan<byte> text)
        {
            int take = Math.Min(text.Length, _into.Length - Length);
            text[..take].CopyTo(_into[Length..]);
            Length += take;
        }
    }
}
