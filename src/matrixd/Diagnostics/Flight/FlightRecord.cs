using System.Buffers;
using System.Text;
using System.Text.Json;

namespace Matrixd.Diagnostics;

/// <summary>Writes a call's flight record to a file of its own: the call has ended badly.</summary>
/// <param name="head">The first line.</param>
internal sealed class FlightRecord(TapWriter writer, byte[] head)
{
    private static readonly string[] s_audio = ["caller_in", "caller_out", "model_in", "model_out"];

    /// <summary>Hands the record to the writer's thread.</summary>
    public void Write(CallTap call, FlightRing ring)
    {
        ArrayBufferWriter<byte> lines = new(4096);
        lines.Write(head);
        if (ring.Forgotten > 0)
        {
            Line(lines, json => json.WriteNumber("forgotten"u8, ring.Forgotten));
        }

        ring.Read((in FlightEntry entry) => Line(lines, in entry));
        Tape tape = new(writer, call.CallSid, lines.WrittenSpan.ToArray(), TapeFolder.FlightSuffix);
        tape.Finish();
    }

    private static void Line(ArrayBufferWriter<byte> lines, in FlightEntry entry)
    {
        using Utf8JsonWriter json = new(lines, TapeText.Writing);
        json.WriteStartObject();
        json.WritePropertyName("t"u8);
        TapeLines.WriteMilliseconds(json, entry.Milliseconds * 1000L);
        json.WriteString("leg"u8, entry.Leg.ToString().ToLowerInvariant());
        json.WriteString("dir"u8, entry.IsInbound ? "in"u8 : "out"u8);
        json.WriteString("what"u8, Encoding.UTF8.GetString(entry.Words).Trim());
        for (int i = 0; i < s_audio.Length; i++)
        {
            if (entry.Audio[i] > 0)
            {
                json.WriteNumber(s_audio[i], entry.Audio[i]);
            }
        }

        json.WriteEndObject();
        json.Flush();
        lines.Write("\n"u8);
    }

    private static void Line(ArrayBufferWriter<byte> lines, Action<Utf8JsonWriter> write)
    {
        using (Utf8JsonWriter json = new(lines, TapeText.Writing))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }

        lines.Write("\n"u8);
    }
}
