using System.Text;
using System.Text.Json;
using Matrixd.Calls;

namespace Matrixd.Diagnostics;

/// <summary>Reads a tape back.</summary>
internal static class TapeReader
{
    /// <exception cref="InvalidDataException">It is no tape; says in which line.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static TapeContent Read(string path)
    {
        TapeContent? tape = null;
        List<TapeEntry> entries = [];
        int number = 0;
        foreach (string line in File.ReadLines(path))
        {
            number++;
            try
            {
                using JsonDocument document = JsonDocument.Parse(line);
                JsonElement root = document.RootElement;
                if (tape is null)
                {
                    tape = Head(root);
                }
                else
                {
                    Take(root, entries, tape);
                }
            }
            catch (JsonException) when (tape is not null && IsLast(path, number))
            {
                tape.IsCut = true; // the daemon was killed in mid-line
            }
            catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException or FormatException or InvalidDataException)
            {
                throw new InvalidDataException($"{path}:{number}: {(number == 1 ? "this is no tape of matrixd's" : "this line is none of a tape")}: {e.Message}", e);
            }
        }

        if (tape is null)
        {
            throw new InvalidDataException($"{path}: it is empty");
        }

        tape.Entries = [.. entries.OrderBy(entry => entry.At)]; // stable: lines of different threads can stand a few microseconds apart
        return tape;
    }

    private static bool IsLast(string path, int number) => File.ReadLines(path).Count() == number;

    private static TapeContent Head(JsonElement root)
    {
        if (!root.TryGetProperty("tape", out JsonElement version))
        {
            throw new InvalidDataException(root.TryGetProperty("flight", out _) ? "a flight record cannot be played" : "its first line has no \"tape\"");
        }

        return version.GetInt32() != TapeHead.Version
            ? throw new InvalidDataException($"it has version {version.GetInt32()}, this matrixd reads {TapeHead.Version}")
            : new TapeContent
            {
                CallSid = CallSid.TryParse(Text(root, "call_sid"), out CallSid sid) ? sid.Value : throw new InvalidDataException("its call_sid is none"),
                At = root.GetProperty("at").GetDateTimeOffset(),
                HasAudio = Text(root, "audio") == "kept",
                HasNumbers = Text(root, "numbers") == "kept",
                Model = Text(root, "model"),
                Settings = TapeSettings.Read(root.GetProperty("settings")),
            };
    }

    private static void Take(JsonElement root, List<TapeEntry> entries, TapeContent tape)
    {
        string op = Text(root, "op");
        if (op is "lost" or "full")
        {
            tape.Missing = true;
            return;
        }

        TapeEvent what = op switch
        {
            "text" => TapeEvent.Text,
            "binary" => TapeEvent.Binary,
            "open" => TapeEvent.Open,
            "close" => TapeEvent.Close,
            "failed" => TapeEvent.Failed,
            "end" => TapeEvent.End,
            _ => throw new InvalidDataException($"op \"{op}\""),
        };
        entries.Add(new TapeEntry
        {
            At = TimeSpan.FromTicks((long)Math.Round(root.GetProperty("t").GetDouble() * TimeSpan.TicksPerMillisecond)),
            Leg = Text(root, "leg") switch { "exotel" => TapeLeg.Exotel, "gemini" => TapeLeg.Gemini, _ => TapeLeg.Call },
            Connection = root.TryGetProperty("conn", out JsonElement connection) ? connection.GetInt32() : 1,
            IsInbound = Text(root, "dir") == "in",
            Batch = root.TryGetProperty("batch", out JsonElement batch) ? batch.GetInt32() : 0,
            Event = what,
            Json = root.TryGetProperty("json", out JsonElement json) ? json.GetRawText() : "",
            Raw = root.TryGetProperty("raw", out JsonElement raw) ? raw.GetBytesFromBase64() : [],
            Code = root.TryGetProperty("code", out JsonElement code) ? code.GetUInt16() : (ushort)0,
            Text = what switch { TapeEvent.Failed => Text(root, "error"), TapeEvent.End => Text(root, "detail"), _ => Text(root, "reason") },
            Word = what switch { TapeEvent.Failed => Text(root, "stage"), TapeEvent.End => Text(root, "reason"), _ => Text(root, "cause") },
        });
    }

    private static string Text(JsonElement root, string name) => root.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";

    /// <summary>The message as it went over the wire, with the audio that <paramref name="audio"/> gives where the tape has none.</summary>
    /// <param name="audio">Gets the number of bytes that were elided.</param>
    public static byte[] Message(TapeEntry entry, Func<int, byte[]> audio)
    {
        if (entry.Json.Length == 0)
        {
            return entry.Raw;
        }

        if (!entry.Json.Contains(TapeText.AudioBytes, StringComparison.Ordinal))
        {
            return Encoding.UTF8.GetBytes(entry.Json);
        }

        using JsonDocument document = JsonDocument.Parse(entry.Json);
        using MemoryStream message = new();
        using (Utf8JsonWriter json = new(message, TapeText.Writing))
        {
            Fill(document.RootElement, json, audio);
        }

        return message.ToArray();
    }

    private static void Fill(JsonElement value, Utf8JsonWriter json, Func<int, byte[]> audio)
    {
        if (value.ValueKind == JsonValueKind.Object && value.TryGetProperty(TapeText.AudioBytes, out JsonElement bytes) && bytes.TryGetInt32(out int count))
        {
            json.WriteBase64StringValue(audio(count));
        }
        else if (value.ValueKind == JsonValueKind.Object)
        {
            json.WriteStartObject();
            foreach (JsonProperty property in value.EnumerateObject())
            {
                json.WritePropertyName(property.Name);
                Fill(property.Value, json, audio);
            }

            json.WriteEndObject();
        }
        else if (value.ValueKind == JsonValueKind.Array)
        {
            json.WriteStartArray();
            foreach (JsonElement item in value.EnumerateArray())
            {
                Fill(item, json, audio);
            }

            json.WriteEndArray();
        }
        else
        {
            value.WriteTo(json);
        }
    }
}
