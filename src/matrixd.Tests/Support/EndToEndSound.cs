using Matrixd.Audio;
using Xunit;

namespace Matrixd.Tests.Support;

/// <summary>What audio must be on the other side, to the sample.</summary>
internal static class EndToEndSound
{
    /// <summary>The whole signal at another rate, its last samples out of the filter.</summary>
    public static short[] Turn(ReadOnlySpan<short> pcm, int from, int to)
    {
        Resampler resampler = Resampler.Create(from, to);
        short[] whole = new short[resampler.OutputLength(pcm.Length)];
        resampler.Process(pcm, whole);
        short[] tail = new short[resampler.FlushLength];
        resampler.Flush(tail);
        return [.. whole, .. tail];
    }

    /// <summary>The signal at another rate as far as it has come out.</summary>
    public static short[] Stream(ReadOnlySpan<short> pcm, int from, int to)
    {
        Resampler resampler = Resampler.Create(from, to);
        short[] whole = new short[resampler.OutputLength(pcm.Length)];
        resampler.Process(pcm, whole);
        return whole;
    }

    /// <summary>True where every turn has come down to its last sample and its mark.</summary>
    /// <param name="said">24 kHz.</param>
    public static bool IsHeard(IReadOnlyList<EndToEndEvent> events, int rate, params short[][] said)
    {
        Queue<EndToEndEvent> chunks = new(events.Where(e => e.Kind == "media"));
        return events.Count > 0 && events[^1].Kind == "mark" && said.All(turn => Take(chunks, Turn(turn, 24_000, rate).Length) is not null);
    }

    /// <summary>Holds chunks against the turns that were said: each turn to its last sample, nothing but silence behind it, the next one after that.</summary>
    /// <param name="said">24 kHz.</param>
    public static void AssertHeard(IReadOnlyList<EndToEndEvent> events, int rate, params short[][] said) => AssertHeard(events, rate, 0, said);

    /// <param name="off">How far a sample may be off: 1 where the other side's kernels add up in another order, as those of a binary for another processor do.</param>
    public static void AssertHeard(IReadOnlyList<EndToEndEvent> events, int rate, int off, params short[][] said)
    {
        Queue<EndToEndEvent> chunks = new(events.Where(e => e.Kind == "media"));
        foreach (short[] turn in said)
        {
            short[] expected = Turn(turn, 24_000, rate);
            short[]? heard = Take(chunks, expected.Length);
            Assert.True(heard is not null, $"fewer than {expected.Length} samples were heard");
            AssertSame(expected, heard.AsSpan(0, expected.Length), off);
            Assert.All(heard[expected.Length..], sample => Assert.Equal(0, sample));
        }

        Assert.Empty(chunks);
    }

    /// <summary>Equal, or says where the first difference is.</summary>
    public static void AssertSame(ReadOnlySpan<short> expected, ReadOnlySpan<short> actual, int off = 0)
    {
        int same = expected.CommonPrefixLength(actual);
        while (same < Math.Min(expected.Length, actual.Length) && Math.Abs(expected[same] - actual[same]) <= off)
        {
            same++;
        }

        Assert.True(same == expected.Length && same == actual.Length, $"sample {same} differs: {expected.Length} expected, {actual.Length} came");
    }

    /// <summary>Every chunk obeys Exotel's rule: at least 3,200 bytes, at most 100,000, a multiple of 320.</summary>
    public static void AssertLegal(IReadOnlyList<EndToEndEvent> events) => Assert.All(
        events.Where(e => e.Kind == "media").Select(e => e.Pcm.Length * sizeof(short)),
        bytes => Assert.True(bytes is >= 3200 and <= 100_000 && bytes % 320 == 0, $"a chunk of {bytes} bytes"));

    /// <summary>Where in <paramref name="whole"/> the piece stands, sample for sample; -1: nowhere.</summary>
    public static int Find(ReadOnlySpan<short> whole, ReadOnlySpan<short> piece) => whole.IndexOf(piece);

    // Whole chunks of so many samples at least; null where there are fewer.
    private static short[]? Take(Queue<EndToEndEvent> chunks, int samples)
    {
        List<short> taken = [];
        while (taken.Count < samples && chunks.TryDequeue(out EndToEndEvent? chunk))
        {
            taken.AddRange(chunk.Pcm);
        }

        return taken.Count >= samples ? [.. taken] : null;
    }
}
