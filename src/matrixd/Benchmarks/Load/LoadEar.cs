using System.Diagnostics.CodeAnalysis;

namespace Matrixd.Benchmarks;

/// <summary>What one caller hears: audio that is played in real time, marks that come back when they have been reached.</summary>
/// <remarks>Belongs to the loop's thread.</remarks>
internal sealed class LoadEar(LoadFigures figures)
{
    // Source: wire facts of Exotel: a chunk is 3,200 to 100,000 bytes, a multiple of 320.
    private const int LeastChunk = 3200;
    private const int MostChunk = 100_000;
    private const int ChunkMultiple = 320;

    // A sample at 8 kHz [ns].
    private const long SampleTime = 125_000;

    // A frame's kind and the begin of its payload stand within so many bytes.
    private const int Look = 192;

    // A daemon has fewer under way; further ones do not come back.
    private const int MostMarks = 32;

    private readonly Queue<(byte[] Name, long Due)> _marks = new();
    private long _playUntil;

    /// <summary>Takes one frame of the daemon.</summary>
    public void Hear(ReadOnlySpan<byte> frame, LoadTurn turn, long now)
    {
        ReadOnlySpan<byte> head = frame[..Math.Min(Look, frame.Length)];
        int payload = head.IndexOf("\"payload\":\""u8);
        if (payload >= 0)
        {
            ReadOnlySpan<byte> text = frame[(payload + 11)..frame.LastIndexOf((byte)'"')];
            HearAudio((text.Length / 4 * 3) - (text.EndsWith("=="u8) ? 2 : text.EndsWith("="u8) ? 1 : 0), turn, now);
        }
        else if (head.IndexOf("\"event\":\"clear\""u8) >= 0)
        {
            HearClear(turn, now);
        }
        else if (head.IndexOf("\"event\":\"mark\""u8) >= 0)
        {
            HearMark(frame);
        }
    }

    /// <summary>Gives the next mark that has been reached.</summary>
    public bool TryEcho(long now, [NotNullWhen(true)] out byte[]? mark)
    {
        mark = _marks.TryPeek(out (byte[] Name, long Due) next) && next.Due <= now ? _marks.Dequeue().Name : null;
        return mark is not null;
    }

    private void HearAudio(int bytes, LoadTurn turn, long now)
    {
        figures.Chunks++;
        figures.ChunkViolations += bytes is < LeastChunk or > MostChunk || bytes % ChunkMultiple != 0 ? 1 : 0;
        if (turn.IsCleared)
        {
            figures.BytesAfterClear += bytes;
            return;
        }

        if (!turn.IsHeard)
        {
            turn.IsHeard = true;
            figures.Downlink.Add(turn.FilledAt > 0 ? now - turn.FilledAt : 0);
        }

        if (_playUntil < now)
        {
            bool within = turn.Out > 0 && turn.Out < turn.Planned / 3 && turn.InterruptedAt == 0;
            figures.Underruns += within ? 1 : 0;
            _playUntil = now;
        }

        turn.Out += bytes / 2;
        _playUntil += bytes / 2 * SampleTime;
    }

    private void HearClear(LoadTurn turn, long now)
    {
        if (turn.InterruptedAt != 0 && !turn.IsCleared)
        {
            figures.Clear.Add(now - turn.InterruptedAt);
        }

        turn.IsCleared = true;
        _playUntil = now;
        _marks.Clear();
    }

    private void HearMark(ReadOnlySpan<byte> frame)
    {
        int at = frame.IndexOf("\"name\":\""u8);
        if (at < 0 || _marks.Count == MostMarks)
        {
            return;
        }

        ReadOnlySpan<byte> name = frame[(at + 8)..];
        int end = name.IndexOf((byte)'"');
        if (end > 0)
        {
            _marks.Enqueue((name[..end].ToArray(), _playUntil));
        }
    }
}
