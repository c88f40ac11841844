using System.Runtime.InteropServices;
using Matrixd.Audio;

namespace Matrixd.Simulation.Kernels;

/// <summary>All kernels that work on a call's audio, each with memory of its own. The benches run these, and so does the binary itself.</summary>
internal static class KernelCases
{
    private const int BlocksASecond = 50; // 20 ms

    public static IReadOnlyList<KernelCase> Create() =>
    [
        .. ResamplerSpecs.All.ToArray().Select(Resample),
        ResampleFloat(8000, 16000),
        ResampleFloat(24000, 8000),
        ResampleMixed(24000, 8000),
        ResampleSubnormal(),
        VoiceActivity(8000),
        VoiceActivity(16000),
        VoiceActivity(24000),
        Level(24000),
        Peak(24000),
        Queue(24000),
        EncodeBase64(16000),
        DecodeBase64(24000),
        ToFloat(24000),
        ToInt16(24000),
    ];

    private static KernelCase Resample(ResamplerSpec spec)
    {
        Resampler resampler = Resampler.Create(spec.InputRate, spec.OutputRate, spec.Quality);
        (short[] input, short[] output) = (Noise(spec.InputRate), new short[spec.OutputRate / BlocksASecond]);
        string quality = spec.Quality == ResamplerQuality.LeastDelay ? "A" : "B";
        return new($"resample {Kilo(spec.InputRate)} to {Kilo(spec.OutputRate)} {quality}", input.Length, () => resampler.Process(input, output));
    }

    private static KernelCase ResampleFloat(int inputRate, int outputRate)
    {
        Resampler resampler = Resampler.Create(inputRate, outputRate);
        (float[] input, float[] output) = (Floats(inputRate), new float[outputRate / BlocksASecond]);
        return new($"resample float {Kilo(inputRate)} to {Kilo(outputRate)}", input.Length, () => resampler.Process(input, output));
    }

    private static KernelCase ResampleMixed(int inputRate, int outputRate)
    {
        Resampler resampler = Resampler.Create(inputRate, outputRate);
        (float[] input, short[] output) = (Floats(inputRate), new short[outputRate / BlocksASecond]);
        return new($"resample float to int16 {Kilo(inputRate)} to {Kilo(outputRate)}", input.Length, () => resampler.Process(input, output));
    }

    // As fast as any other input, or the filter stalls on numbers that are nearly nothing.
    private static KernelCase ResampleSubnormal()
    {
        Resampler resampler = Resampler.Create(24000, 8000);
        (float[] input, float[] output) = ([.. Floats(24000).Select(x => x * 1e-41f)], new float[8000 / BlocksASecond]);
        return new("resample subnormal float 24 to 8", input.Length, () => resampler.Process(input, output));
    }

    private static KernelCase VoiceActivity(int rate)
    {
        var detector = new VoiceActivityDetector(new VoiceActivityOptions { SampleRate = rate });
        short[] input = Noise(rate);
        return new($"voice activity {Kilo(rate)}", input.Length, () => detector.Process(input, -30) ? 1 : 0);
    }

    private static KernelCase Level(int rate)
    {
        short[] input = Noise(rate);
        return new($"level {Kilo(rate)}", input.Length, () => (int)PcmLevel.RmsDbfs(input));
    }

    private static KernelCase Peak(int rate)
    {
        short[] input = Noise(rate);
        return new($"peak {Kilo(rate)}", input.Length, () => PcmLevel.Peak(input));
    }

    private static KernelCase Queue(int rate)
    {
        var queue = new AudioQueue(64_000);
        byte[] frame = MemoryMarshal.AsBytes(Noise(rate).AsSpan()).ToArray();
        return new($"queue write and read {Kilo(rate)}", frame.Length / Pcm.BytesPerSample, () => queue.Write(frame) + queue.Read(frame));
    }

    private static KernelCase EncodeBase64(int rate)
    {
        short[] input = Noise(rate);
        byte[] text = new byte[PcmBase64.EncodedLength(input.Length)];
        return new($"base64 encode {Kilo(rate)}", input.Length, () => PcmBase64.Encode(input, text));
    }

    private static KernelCase DecodeBase64(int rate)
    {
        short[] output = Noise(rate);
        byte[] text = new byte[PcmBase64.EncodedLength(output.Length)];
        PcmBase64.Encode(output, text);
        return new($"base64 decode {Kilo(rate)}", output.Length, () => PcmBase64.Decode(text, output));
    }

    private static KernelCase ToFloat(int rate)
    {
        (short[] input, float[] output) = (Noise(rate), Floats(rate));
        return new($"int16 to float {Kilo(rate)}", input.Length, () =>
        {
            Pcm.ToFloat(input, output);
            return 0;
        });
    }

    private static KernelCase ToInt16(int rate)
    {
        (float[] input, short[] output) = (Floats(rate), Noise(rate));
        return new($"float to int16 {Kilo(rate)}", input.Length, () =>
        {
            Pcm.ToInt16(input, output);
            return 0;
        });
    }

    private static short[] Noise(int rate)
    {
        var random = new Random(1);
        return [.. Enumerable.Range(0, rate / BlocksASecond).Select(_ => (short)random.Next(-20000, 20000))];
    }

    private static float[] Floats(int rate) => [.. Noise(rate).Select(s => s / 32768f)];

    private static int Kilo(int rate) => rate / 1000;
}
