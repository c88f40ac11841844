using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using BenchmarkDotNet.Attributes;
using Matrixd.Exotel;
using Matrixd.Gemini;
using Matrixd.Transport;

namespace Matrixd.Bench;

/// <summary>What is read and written for each frame, both ways.</summary>
[MemoryDiagnoser, MinColumn]
public class WireBench
{
    private readonly byte[] _pcm = new byte[4584]; // 95 ms at 24 kHz
    private readonly byte[] _buffer = new byte[65536];
    private readonly ExotelFrameWriter _exotel = new("6f048d2e897a0d2d4029560f3f541947");
    private byte[] _media = [];
    private byte[] _audio = [];
    private byte[] _mediaText = [];

    [GlobalSetup]
    public void SetUp()
    {
        new Random(1).NextBytes(_pcm);
        string caller = Convert.ToBase64String(_pcm, 0, 320);
        _mediaText = Encoding.ASCII.GetBytes(caller);
        _media = Encoding.ASCII.GetBytes(
            $$$"""{"event":"media","sequence_number":"1234","stream_sid":"6f048d2e897a0d2d4029560f3f541947","media":{"chunk":"1233","timestamp":"24640","payload":"{{{caller}}}"}}""");
        using JsonDocument model = JsonDocument.Parse(
            $$$$"""{"serverContent":{"modelTurn":{"parts":[{"inlineData":{"mimeType":"audio/pcm;rate=24000","data":"{{{{Convert.ToBase64String(_pcm)}}}}"}}]}}}""");
        using MemoryStream indented = new();
        using (Utf8JsonWriter writer = new(indented, new JsonWriterOptions { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            model.WriteTo(writer); // as the service writes it
        }

        _audio = indented.ToArray();
    }

    [Benchmark]
    public int Exotel_media_of_20_ms_read_and_decoded()
    {
        ExotelFrame frame = ExotelFrameReader.Read(_media);
        return JsonBase64.Decode(frame.Payload, frame.PayloadIsEscaped, _buffer);
    }

    [Benchmark]
    public long Exotel_media_of_20_ms_read() => ExotelFrameReader.Read(_media).Timestamp;

    [Benchmark]
    public long Exotel_media_of_20_ms_read_as_any_form() => ExotelFrameReader.ReadAnyForm(_media).Timestamp;

    [Benchmark]
    public int Gemini_audio_of_95_ms_read()
    {
        GeminiMessage message = GeminiMessageReader.Read(_audio);
        return message.AudioParts;
    }

    [Benchmark]
    public int Gemini_media_of_20_ms_written() => GeminiAudioWriter.Write(_pcm.AsSpan(0, 640), _buffer);

    [Benchmark]
    public int Exotel_chunk_of_200_ms_written() => _exotel.WriteMedia(_pcm.AsSpan(0, 3200), _buffer);

    [Benchmark]
    public int Base64_of_20_ms_decoded() => JsonBase64.Decode(_mediaText, false, _buffer);

    [Benchmark]
    public int Message_of_20_ms_framed_and_masked()
    {
        FrameWriter.Write(_buffer, WebSocketOpcode.Text, _pcm.AsSpan(0, 930), 0x12345678);
        return FrameWriter.SizeOf(930, masked: true);
    }
}
