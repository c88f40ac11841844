using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Matrixd.Calls;
using Matrixd.Config;
using Matrixd.Exotel;
using Matrixd.Gemini;

namespace Matrixd.Diagnostics;

/// <summary>Writes the first line of a tape: what it is, and the settings that decide how the call runs.</summary>
internal sealed class TapeHead(DiagnosticsOptions options, CallsOptions calls, GeminiOptions gemini, string version)
{
    public const int Version = 1;

    public byte[] OfTape(ExotelStart start, DateTimeOffset at) => Line("tape", start.CallSid, start.StreamSid, at, json =>
    {
        json.WriteString("audio"u8, options.KeepAudio ? "kept"u8 : "elided"u8);
        json.WriteString("numbers"u8, options.KeepNumbers ? "kept"u8 : "masked"u8);
        json.WriteString("model"u8, gemini.Model);
        json.WriteStartObject("settings"u8);
        TapeSettings.Write(json, calls);
        json.WriteEndObject();
    });

    public byte[] OfFlight(CallTap call, DateTimeOffset at, string reason, string detail) => Line("flight", call.CallSid, call.StreamSid, at, json =>
    {
        json.WriteString("reason"u8, reason);
        json.WriteString("detail"u8, PhoneMask.Of(detail));
        json.WriteString("model"u8, gemini.Model);
    });

    private byte[] Line(string kind, string callSid, string streamSid, DateTimeOffset at, Action<Utf8JsonWriter> rest)
    {
        ArrayBufferWriter<byte> line = new(512);
        using (Utf8JsonWriter json = new(line, TapeText.Writing))
        {
            json.WriteStartObject();
            json.WriteNumber(kind, Version);
            json.WriteString("matrixd"u8, version);
            json.WriteString("call_sid"u8, callSid);
            json.WriteString("stream_sid"u8, streamSid);
            json.WriteString("at"u8, at.ToString("yyyy-MM-dd'T'HH:mm:ss.fffK", CultureInfo.InvariantCulture));
            rest(json);
            json.WriteEndObject();
        }

        line.Write("\n"u8);
        return line.WrittenSpan.ToArray();
    }
}
