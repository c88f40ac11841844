using Matrixd.Exotel;
using Matrixd.Gemini;

namespace Matrixd.Diagnostics;

/// <summary>What the replayed call sent, sorted.</summary>
internal sealed class ReplaySent
{
    public ReplaySent(IEnumerable<ReplayFrame> frames)
    {
        foreach (ReplayFrame frame in frames)
        {
            if (frame.Leg == TapeLeg.Gemini)
            {
                if (FlightWords.IsAudio(TapeLeg.Gemini, isInbound: false, frame.Message))
                {
                    ModelAudio.Add(Audio(frame.Message));
                }

                continue;
            }

            ExotelFrame read = ExotelFrameReader.Read(frame.Message);
            if (read.Event == ExotelEvent.Media)
            {
                Chunks.Add(Audio(frame.Message));
            }
            else if (read.Event == ExotelEvent.Mark)
            {
                Marks++;
            }
            else
            {
                Clears++;
            }
        }
    }

    public List<byte[]> Chunks { get; } = [];

    public List<byte[]> ModelAudio { get; } = [];

    public long Marks { get; }

    public long Clears { get; }

    // Ours is always the longest string of the message, and never escaped.
    private static byte[] Audio(byte[] message)
    {
        int end = message.AsSpan().LastIndexOf((byte)'"');
        int start = message.AsSpan(0, end).LastIndexOf((byte)'"') + 1;
        byte[] pcm = new byte[(end - start) / 4 * 3];
        System.Buffers.Text.Base64.DecodeFromUtf8(message.AsSpan(start, end - start), pcm, out _, out int length);
        return pcm[..length];
    }
}
