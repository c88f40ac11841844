using System.Text.Json;

namespace Matrixd.Diagnostics;

/// <summary>Reads files of frames: our tapes, captures of a client (<c>kind: ws-frame</c>), and lists of server messages (<c>sent</c>).</summary>
internal static class FrameFile
{
    private const string Resource = "genai-sdk-frames.jsonl";

    /// <exception cref="InvalidDataException">It holds no frames, or something else.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static IReadOnlyList<FrameSample> Read(string path)
    {
        using StreamReader reader = new(path);
        return Read(reader, path);
    }

    /// <summary>What the official SDK puts on the wire, and the server messages it takes: @google/genai 3.1.0, captured on loopback.</summary>
    public static IReadOnlyList<FrameSample> ReadSdk()
    {
        using Stream stream = typeof(FrameFile).Assembly.GetManifestResourceStream(Resource)!;
        using StreamReader reader = new(stream);
        return Read(reader, Resource);
    }

    private static List<FrameSample> Read(StreamReader reader, string path)
    {
        List<FrameSample> samples = [];
        int number = 0;
        while (reader.ReadLine() is { } line)
        {
            number++;
            if (line.Length == 0)
            {
                continue;
            }

            try
            {
                using JsonDocument document = JsonDocument.Parse(line);
                if (Sample(document.RootElement) is { } sample)
                {
                    samples.Add(sample);
                }
            }
            catch (Exception e) when (e is JsonException or InvalidOperationException)
            {
                throw new InvalidDataException($"{path}:{number}: this line is no frame: {e.Message}", e);
            }
        }

        return samples.Count > 0 ? samples : throw new InvalidDataException($"{path}: there is no frame in it");
    }

    // Lines that are about something else (upgrades, closes, outcomes) are passed over.
    private static FrameSample? Sample(JsonElement line)
    {
        if (line.ValueKind != JsonValueKind.Object)
        {
            throw new JsonException("it is no object");
        }

        if (Text(line, "leg") is { Length: > 0 } leg && line.TryGetProperty("json", out JsonElement taped))
        {
            bool isIn = Text(line, "dir") == "in";
            FrameSide side = leg == "gemini" ? isIn ? FrameSide.FromGemini : FrameSide.ToGemini : isIn ? FrameSide.FromExotel : FrameSide.ToExotel;
            return new FrameSample(side, $"{leg} {(line.TryGetProperty("conn", out JsonElement connection) ? connection.GetRawText() : "")}", Text(line, "op"), taped.Clone());
        }

        if (Text(line, "kind") == "ws-frame" && line.TryGetProperty("json", out JsonElement captured) && captured.ValueKind == JsonValueKind.Object)
        {
            FrameSide side = Text(line, "dir") == "client->server" ? FrameSide.ToGemini : FrameSide.FromGemini;
            return new FrameSample(side, $"{Text(line, "sdk")} {Text(line, "scenario")}", Text(line, "opcode"), captured.Clone());
        }

        return line.TryGetProperty("sent", out JsonElement sent) && sent.ValueKind == JsonValueKind.Object
            ? new FrameSample(FrameSide.FromGemini, $"{Text(line, "sdk")} {Text(line, "name")} {Text(line, "opcode")}", Text(line, "opcode"), sent.Clone())
            : null;
    }

    private static string Text(JsonElement line, string name) =>
        line.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";
}
