using System.Buffers.Binary;

namespace Matrixd.Diagnostics;

/// <summary>Stands in for audio of the model that a tape elided: a soft tone, for silence is what the call takes for a fault of the model.</summary>
internal sealed class ReplayTone
{
    // A triangle of 400 Hz at 24 kHz, a tenth of full scale: whole numbers, so that every machine plays the same.
    private const int Period = 60;
    private const int Step = 220;

    private int _phase;

    /// <summary>The next bytes of the tone, s16le.</summary>
    public byte[] Next(int bytes)
    {
        byte[] pcm = new byte[bytes];
        for (int at = 0; at + 1 < bytes; at += 2)
        {
            int distance = Math.Abs(_phase - (Period / 2)) - (Period / 4);
            BinaryPrimitives.WriteInt16LittleEndian(pcm.AsSpan(at), (short)(distance * Step));
            _phase = (_phase + 1) % Period;
        }

        return pcm;
    }
}
