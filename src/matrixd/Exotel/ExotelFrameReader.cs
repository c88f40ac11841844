using System.Buffers.Text;
using System.Text.Json;

namespace Matrixd.Exotel;

/// <summary>Reads a frame from Exotel in one pass, in place, without allocation.</summary>
internal static class ExotelFrameReader
{
    // Exotel's frames are three deep; deeper ones are somebody else's.
    private const int MaxDepth = 8;

    private static readonly JsonReaderOptions s_options = new() { MaxDepth = MaxDepth };

    /// <summary>Reads the frame.</summary>
    /// <param name="json">One JSON object; a byte order mark in front is passed over.</param>
    /// <exception cref="JsonException">Not one JSON object, or too deep.</exception>
    public static ExotelFrame Read(ReadOnlySpan<byte> json) => ExotelMediaReader.TryRead(json, out ExotelFrame media) ? media : ReadAnyForm(json);

    /// <summary>As <see cref="Read"/>, without the shorter way that media of the usual form have.</summary>
    public static ExotelFrame ReadAnyForm(ReadOnlySpan<byte> json)
    {
        try
        {
            return ReadFrame(json.StartsWith("\uFEFF"u8) ? json[3..] : json);
        }
        catch (InvalidOperationException e)
        {
            throw new JsonException("an escape in the frame is not a character", e); // half of a surrogate pair in a name
        }
    }

    private static ExotelFrame ReadFrame(ReadOnlySpan<byte> json)
    {
        ExotelFrame frame = new() { Sequence = -1, Timestamp = -1 };
        Utf8JsonReader reader = new(json, s_options);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            throw new JsonException("a frame is one JSON object");
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            ReadProperty(ref reader, ref frame);
        }

        if (reader.Read())
        {
            throw new JsonException("something follows the frame's object");
        }

        return frame;
    }

    private static void ReadProperty(ref Utf8JsonReader reader, ref ExotelFrame frame)
    {
        if (reader.ValueTextEquals("event"u8))
        {
            reader.Read();
            frame.Event = EventOf(ref reader);
        }
        else if (reader.ValueTextEquals("media"u8))
        {
            ReadMedia(ref reader, ref frame);
        }
        else if (reader.ValueTextEquals("stream_sid"u8) || reader.ValueTextEquals("streamSid"u8))
        {
            reader.Read();
            frame.StreamSid = Text(ref reader);
        }
        else if (reader.ValueTextEquals("sequence_number"u8) || reader.ValueTextEquals("sequenceNumber"u8))
        {
            reader.Read();
            frame.Sequence = Number(ref reader);
        }
        else if (reader.ValueTextEquals("mark"u8))
        {
            ReadMark(ref reader, ref frame);
        }
        else if (reader.ValueTextEquals("dtmf"u8))
        {
            ReadDtmf(ref reader, ref frame);
        }
        else
        {
            reader.Skip();
        }
    }

    private static ExotelEvent EventOf(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.String)
        {
            reader.Skip();
            return ExotelEvent.Unknown;
        }

        return reader.ValueTextEquals("media"u8) ? ExotelEvent.Media
            : reader.ValueTextEquals("mark"u8) ? ExotelEvent.Mark
            : reader.ValueTextEquals("connected"u8) ? ExotelEvent.Connected
            : reader.ValueTextEquals("start"u8) ? ExotelEvent.Start
            : reader.ValueTextEquals("stop"u8) ? ExotelEvent.Stop
            : reader.ValueTextEquals("dtmf"u8) ? ExotelEvent.Dtmf
            : ExotelEvent.Unknown;
    }

    private static void ReadMedia(ref Utf8JsonReader reader, ref ExotelFrame frame)
    {
        if (!IntoObject(ref reader))
        {
            return;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("payload"u8))
            {
                reader.Read();
                frame.HasPayload = reader.TokenType == JsonTokenType.String;
                frame.PayloadIsEscaped = frame.HasPayload && reader.ValueIsEscaped;
                frame.Payload = Text(ref reader);
            }
            else if (reader.ValueTextEquals("timestamp"u8))
            {
                reader.Read();
                frame.Timestamp = Number(ref reader);
            }
            else if (reader.ValueTextEquals("track"u8))
            {
                reader.Read();
                frame.IsOutbound = reader.TokenType == JsonTokenType.String && reader.ValueTextEquals("outbound"u8);
                reader.Skip();
            }
            else
            {
                reader.Skip();
            }
        }
    }

    private static void ReadMark(ref Utf8JsonReader reader, ref ExotelFrame frame)
    {
        if (!IntoObject(ref reader))
        {
            return;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            bool isName = reader.ValueTextEquals("name"u8);
            reader.Read();
            if (isName)
            {
                frame.MarkName = Text(ref reader);
            }
            else
            {
                reader.Skip();
            }
        }
    }

    private static void ReadDtmf(ref Utf8JsonReader reader, ref ExotelFrame frame)
    {
        if (!IntoObject(ref reader))
        {
            return;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            bool isDigit = reader.ValueTextEquals("digit"u8);
            reader.Read();
            if (isDigit)
            {
                ReadOnlySpan<byte> digit = Text(ref reader);
                frame.Digit = digit.Length == 1 ? digit[0] : (byte)0;
            }
            else
            {
                reader.Skip();
            }
        }
    }

    // Enters the object that is the value of the property read last; any other value is passed over.
    private static bool IntoObject(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.StartObject)
        {
            return true;
        }

        reader.Skip();
        return false;
    }

    private static ReadOnlySpan<byte> Text(scoped ref Utf8JsonReader reader)
    {
        if (reader.TokenType is JsonTokenType.String or JsonTokenType.Number)
        {
            return reader.ValueSpan;
        }

        reader.Skip();
        return default;
    }

    private static long Number(ref Utf8JsonReader reader)
    {
        ReadOnlySpan<byte> text = Text(ref reader);
        return Utf8Parser.TryParse(text, out long value, out int used) && used == text.Length && value >= 0 ? value : -1;
    }
}
