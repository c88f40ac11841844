using System.Text.Json;

namespace Matrixd.Diagnostics;

/// <summary>The audio of one direction, message after message, however it was cut into messages; a clear begins another part.</summary>
/// <remarks>Where the audio was elided its length is all there is.</remarks>
internal sealed class ReplayAudioTrack
{
    private readonly List<MemoryStream> _parts = [new()];

    /// <summary>Bytes and audio of each part; of elided audio zeros.</summary>
    public IReadOnlyList<byte[]> Parts => [.. _parts.Select(part => part.ToArray())];

    /// <summary>True where some of the audio was elided.</summary>
    public bool IsElided { get; private set; }

    /// <summary>Where messages end [bytes from the beginning].</summary>
    public HashSet<long> Cuts { get; } = [];

    private long _length;

    /// <summary>Takes the next message: one with audio, or a clear.</summary>
    public void Add(string json)
    {
        using JsonDocument document = JsonDocument.Parse(json);
        JsonElement root = document.RootElement;
        byte[]? audio = root.TryGetProperty("media", out JsonElement media) ? Audio(media.GetProperty("payload"))
            : root.TryGetProperty("realtime_input", out JsonElement input) && input.TryGetProperty("audio", out JsonElement spoken) ? Audio(spoken.GetProperty("data"))
            : null;
        if (audio is not null)
        {
            _parts[^1].Write(audio);
            _length += audio.Length;
            Cuts.Add(_length);
        }
        else if (root.TryGetProperty("event", out JsonElement kind) && kind.GetString() == "clear")
        {
            _parts.Add(new MemoryStream());
        }
    }

    private byte[] Audio(JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.Object)
        {
            return value.GetBytesFromBase64();
        }

        IsElided = true;
        return new byte[value.GetProperty(TapeText.AudioBytes).GetInt32()];
    }
}
