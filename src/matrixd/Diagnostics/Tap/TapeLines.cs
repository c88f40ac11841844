using System.Buffers;
using System.Buffers.Text;
using System.Text.Json;

namespace Matrixd.Diagnostics;

/// <summary>Writes the lines of tapes. Belongs to one thread; a line is lent until the next is asked for.</summary>
/// <remarks><c>{"t":12.345,"leg":"gemini","conn":1,"dir":"in","op":"binary","len":173,"json":{…}}</c>: t in milliseconds since the call's socket was opened.</remarks>
internal sealed class TapeLines(TapeText text)
{
    // Of a message that is no JSON: what tells it from another.
    private const int RawBytes = 256;

    private readonly ArrayBufferWriter<byte> _line = new(4096);
    private readonly ArrayBufferWriter<byte> _message = new(4096);

    public ReadOnlySpan<byte> Of(in TapItem item)
    {
        Utf8JsonWriter json = Begin(item.Micros);
        if (item.Leg != TapeLeg.Call)
        {
            json.WriteString("leg"u8, item.Leg == TapeLeg.Exotel ? "exotel"u8 : "gemini"u8);
            json.WriteNumber("conn"u8, item.Connection);
            json.WriteString("dir"u8, item.IsInbound ? "in"u8 : "out"u8);
        }

        json.WriteString("op"u8, OpOf(item.Event));
        switch (item.Event)
        {
            case TapeEvent.Text or TapeEvent.Binary:
                if (item.Batch > 0)
                {
                    json.WriteNumber("batch"u8, item.Batch);
                }

                json.WriteNumber("len"u8, item.Length);
                WriteMessage(json, item.Buffer.AsSpan(0, item.Length));
                break;
            case TapeEvent.Open:
                WriteGiven(json, "path", item.Text);
                break;
            case TapeEvent.Close:
                json.WriteNumber("code"u8, item.Code);
                WriteGiven(json, "reason", item.Text);
                WriteGiven(json, "cause", item.Word);
                break;
            case TapeEvent.Failed:
                json.WriteNumber("code"u8, item.Code);
                WriteGiven(json, "stage", item.Word);
                WriteGiven(json, "error", item.Text);
                break;
            default:
                WriteGiven(json, "reason", item.Word);
                WriteGiven(json, "detail", item.Text);
                break;
        }

        return End(json);
    }

    /// <summary>Messages are missing here.</summary>
    public ReadOnlySpan<byte> Lost(long micros, long messages)
    {
        Utf8JsonWriter json = Begin(micros);
        json.WriteString("op"u8, "lost"u8);
        json.WriteNumber("frames"u8, messages);
        return End(json);
    }

    /// <summary>The rest of the call is missing.</summary>
    public ReadOnlySpan<byte> Full(long micros, long bytes)
    {
        Utf8JsonWriter json = Begin(micros);
        json.WriteString("op"u8, "full"u8);
        json.WriteNumber("bytes"u8, bytes);
        return End(json);
    }

    private Utf8JsonWriter Begin(long micros)
    {
        _line.ResetWrittenCount();
        Utf8JsonWriter json = new(_line, TapeText.Writing);
        json.WriteStartObject();
        json.WritePropertyName("t"u8);
        WriteMilliseconds(json, micros);
        return json;
    }

    private ReadOnlySpan<byte> End(Utf8JsonWriter json)
    {
        json.WriteEndObject();
        json.Dispose();
        _line.Write("\n"u8);
        return _line.WrittenSpan;
    }

    // Three digits behind the point, always, so that lines stand in columns.
    internal static void WriteMilliseconds(Utf8JsonWriter json, long micros)
    {
        Span<byte> number = stackalloc byte[32];
        Utf8Formatter.TryFormat(micros / 1000, number, out int length);
        number[length++] = (byte)'.';
        Utf8Formatter.TryFormat(micros % 1000, number[length..], out int digits, new StandardFormat('D', 3));
        json.WriteRawValue(number[..(length + digits)], skipInputValidation: true);
    }

    private void WriteMessage(Utf8JsonWriter json, ReadOnlySpan<byte> message)
    {
        _message.ResetWrittenCount();
        try
        {
            using (Utf8JsonWriter copy = new(_message, TapeText.Writing))
            {
                text.Write(copy, message.StartsWith("\uFEFF"u8) ? message[3..] : message);
            }

            json.WritePropertyName("json"u8);
            json.WriteRawValue(_message.WrittenSpan, skipInputValidation: true);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            json.WriteBase64String("raw"u8, message[..Math.Min(message.Length, RawBytes)]);
        }
    }

    private void WriteGiven(Utf8JsonWriter json, string name, string value)
    {
        if (value.Length > 0)
        {
            json.WriteString(name, text.Mask(value));
        }
    }

    private static string OpOf(TapeEvent what) => what switch
    {
        TapeEvent.Text => "text",
        TapeEvent.Binary => "binary",
        TapeEvent.Open => "open",
        TapeEvent.Close => "close",
        TapeEvent.Failed => "failed",
        _ => "end",
    };
}
