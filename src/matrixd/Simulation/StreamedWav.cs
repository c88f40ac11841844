using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Matrixd.Simulation;

/// <summary>Reads the WAV that a program writes to a pipe, where the header's lengths are guesses.</summary>
internal static class StreamedWav
{
    /// <summary>Takes the samples to the end of the data and brings them to <paramref name="rate"/>.</summary>
    /// <exception cref="InvalidDataException">Not a mono 16-bit WAV.</exception>
    public static short[] Read(ReadOnlySpan<byte> wav, int rate)
    {
        if (wav.Length < 44 || !wav[..4].SequenceEqual("RIFF"u8) || !wav[8..16].SequenceEqual("WAVEfmt "u8)
            || BinaryPrimitives.ReadInt16LittleEndian(wav[22..]) != 1 || BinaryPrimitives.ReadInt16LittleEndian(wav[34..]) != 16)
        {
            throw new InvalidDataException("not a mono 16-bit WAV");
        }

        int from = BinaryPrimitives.ReadInt32LittleEndian(wav[24..]);
        int data = wav.IndexOf("data"u8);
        if (data < 0 || from is < 8000 or > 48000)
        {
            throw new InvalidDataException($"a WAV without data, or of {from} Hz");
        }

        ReadOnlySpan<byte> bytes = wav[(data + 8)..];
        return WholeResampler.Resample(MemoryMarshal.Cast<byte, short>(bytes[..(bytes.Length & ~1)]), from, rate);
    }
}
