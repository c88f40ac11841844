using System.Buffers.Text;
using System.Text;
using Matrixd.Transport;

namespace Matrixd.Benchmarks;

/// <summary>What is said, rendered once: all calls share it.</summary>
/// <remarks>Immutable after construction.</remarks>
internal sealed class LoadTraffic
{
    /// <summary>Audio of one frame of the caller.</summary>
    public const int FrameMilliseconds = 20;

    /// <summary>320 bytes at 8 kHz.</summary>
    public const int FrameBytes = 320;

    /// <summary>A frame at the rate that Gemini hears.</summary>
    public const int ModelFrameBytes = 640;

    /// <summary>4 s of speech and 4 s of silence [frames].</summary>
    public const int CycleFrames = 400;

    private const int SpeechFrames = 200;
    private const int CallerRate = 8000;
    private const int ModelRate = 24_000;

    // Enough that no two parts of one turn are the same.
    private const int Parts = 32;

    // As the service writes it: indented.
    private const string PartHead = "{\n  \"serverContent\": {\n    \"modelTurn\": {\n      \"parts\": [\n        {\n          \"inlineData\": {\n            \"mimeType\": \"audio/pcm;rate=24000\",\n            \"data\": \"";
    private const string PartTail = "\"\n          }\n        }\n      ]\n    }\n  }\n}\n";

    private readonly byte[][] _speech = new byte[SpeechFrames][];
    private readonly byte[] _silence = Encode(new short[FrameBytes / 2]);
    private readonly byte[][] _parts = new byte[Parts][];
    private readonly int[] _samples = new int[Parts];

    public LoadTraffic()
    {
        short[] frame = new short[FrameBytes / 2];
        for (int f = 0; f < SpeechFrames; f++)
        {
            Hum(frame, f * frame.Length, CallerRate);
            _speech[f] = Encode(frame);
        }

        for (int n = 0, at = 0; n < Parts; n++)
        {
            // The real service's parts are 98 to 191 ms long, and no multiple of 20 ms.
            _samples[n] = (ModelRate / 1000 * (98 + (n * 37 % 94))) + (n % 5);
            short[] part = new short[_samples[n]];
            Hum(part, at, ModelRate);
            at += part.Length;
            byte[] message = [.. Encoding.ASCII.GetBytes(PartHead), .. Encode(part), .. Encoding.ASCII.GetBytes(PartTail)];
            _parts[n] = new byte[FrameWriter.SizeOf(message.Length, masked: false)];
            FrameWriter.Write(_parts[n], WebSocketOpcode.Binary, message, null);
        }
    }

    /// <summary>What a caller sends at a place of its cycle: base64.</summary>
    public ReadOnlySpan<byte> Payload(long frame) => frame % CycleFrames < SpeechFrames ? _speech[frame % CycleFrames] : _silence;

    /// <summary>A whole WebSocket frame with model audio.</summary>
    public ReadOnlySpan<byte> Part(int number) => _parts[number % Parts];

    /// <summary>Its audio [samples at 24 kHz].</summary>
    public int PartSamples(int number) => _samples[number % Parts];

    private static byte[] Encode(short[] pcm)
    {
        ReadOnlySpan<byte> bytes = System.Runtime.InteropServices.MemoryMarshal.AsBytes(pcm.AsSpan());
        byte[] text = new byte[Base64.GetMaxEncodedToUtf8Length(bytes.Length)];
        Base64.EncodeToUtf8(bytes, text, out _, out _);
        return text;
    }

    // Something like a voice that is never silent for as long as a frame.
    private static void Hum(short[] pcm, int from, int rate)
    {
        for (int i = 0; i < pcm.Length; i++)
        {
            double t = (double)(from + i) / rate;
            double level = 0.55 + (0.45 * Math.Sin(2 * Math.PI * 3.1 * t));
            double pitch = 2 * Math.PI * ((140 * t) + (2.5 * Math.Sin(2 * Math.PI * 0.7 * t)));
            pcm[i] = (short)(6000 * level * (Math.Sin(pitch) + (0.6 * Math.Sin((2 * pitch) + 1)) + (0.4 * Math.Sin((5 * pitch) + 2)) + (0.25 * Math.Sin((11 * pitch)))));
        }
    }
}
