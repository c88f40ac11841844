using Matrixd.Calls;
using Matrixd.Tests.Support;
using Xunit;

namespace Matrixd.Tests.Calls;

public sealed class PlayoutTests
{
    [Theory]
    [InlineData(8000)]
    [InlineData(16000)]
    [InlineData(24000)]
    public void Any_cut_of_a_turn_gives_legal_chunks_and_its_audio_bit_for_bit(int rate)
    {
        for (int seed = 0; seed < 60; seed++)
        {
            Random random = new(seed);
            short[] pcm = Signals.Noise(24_000, 0.002 + (random.NextDouble() * 3), seed);
            CallsPlayoutRig rig = new(rate);
            WriteInPieces(rig, pcm, random);
            rig.Playout.EndTurn();
            rig.Pump();
            rig.Pass(6000);

            AssertLegal(rig.Leg, seed);
            AssertTurn(CallsPlayoutRig.Resampled(pcm, 24_000, rate), rig.Leg.Pcm, seed);
            Assert.Equal(rig.Playout.Written, rig.Playout.Clock.Sent);
        }
    }

    [Theory]
    [InlineData(8000, 16000)]
    [InlineData(16000, 8000)]
    [InlineData(8000, 24000)]
    [InlineData(16000, 16000)]
    public void A_model_of_another_rate_is_brought_to_the_callers(int rate, int modelRate)
    {
        short[] pcm = Signals.Noise(modelRate, 1.234, seed: 5);
        CallsPlayoutRig rig = new(rate);
        rig.Write(pcm, modelRate);
        rig.Playout.EndTurn();
        rig.Pump();
        rig.Pass(3000);

        AssertLegal(rig.Leg, 0);
        AssertTurn(CallsPlayoutRig.Resampled(pcm, modelRate, rate), rig.Leg.Pcm, 0);
    }

    [Fact]
    public void A_rate_that_changes_within_a_turn_loses_nothing_of_the_first()
    {
        short[] first = Signals.Noise(16_000, 0.5, seed: 1);
        short[] second = Signals.Noise(24_000, 0.5, seed: 2);
        CallsPlayoutRig rig = new(8000);
        rig.Write(first, 16_000);
        rig.Write(second, 24_000);
        rig.Playout.EndTurn();
        rig.Pump();
        rig.Pass(3000);

        AssertTurn([.. CallsPlayoutRig.Resampled(first, 16_000, 8000), .. CallsPlayoutRig.Resampled(second, 24_000, 8000)], rig.Leg.Pcm, 0);
    }

    [Fact]
    public void A_rate_without_a_way_to_the_callers_throws_and_leaves_the_turn_as_it_was()
    {
        short[] pcm = Signals.Noise(24_000, 0.4, seed: 1);
        CallsPlayoutRig rig = new(8000);
        rig.Write(pcm);
        Assert.Throws<ArgumentException>(() => rig.Write(pcm, 44_100));
        rig.Playout.EndTurn();
        rig.Pump();
        rig.Pass(1000);

        AssertTurn(CallsPlayoutRig.Resampled(pcm, 24_000, 8000), rig.Leg.Pcm, 0);
    }

    [Fact]
    public void The_tail_leaves_the_moment_the_turn_ends()
    {
        CallsPlayoutRig rig = new(8000);
        rig.Write(Signals.Noise(24_000, 0.01, seed: 1)); // 10 ms: far below a chunk
        rig.Pump();
        Assert.Empty(rig.Leg.Told);

        rig.Playout.EndTurn();
        rig.Pump();

        Assert.Equal(["chunk 3200", "mark 1"], rig.Leg.Told);
    }

    [Fact]
    public void A_turn_without_an_end_is_flushed_after_a_second()
    {
        CallsPlayoutRig rig = new(8000);
        rig.Write(Signals.Noise(24_000, 0.05, seed: 1));
        rig.Pump();
        rig.Pass(995);
        Assert.Empty(rig.Leg.Told);

        rig.Pass(10);

        Assert.Equal(["chunk 3200", "mark 1"], rig.Leg.Told);
    }

    [Fact]
    public void A_pause_of_the_model_puts_no_silence_into_what_is_still_being_played()
    {
        short[] pcm = Signals.Noise(24_000, 6.0, seed: 3);
        CallsPlayoutRig rig = new(8000);
        rig.Write(pcm.AsSpan(0, 3 * 24_000 + 777));
        rig.Pump();
        rig.Pass(2500); // far longer than the wait for a tail, but the caller still hears
        rig.Write(pcm.AsSpan(3 * 24_000 + 777));
        rig.Playout.EndTurn();
        rig.Pump();
        rig.Pass(8000);

        AssertTurn(CallsPlayoutRig.Resampled(pcm, 24_000, 8000), rig.Leg.Pcm, 0);
        Assert.Equal(0, rig.Underruns);
    }

    [Theory]
    [InlineData(8000)]
    [InlineData(16000)]
    public void Two_turns_back_to_back_are_each_whole_and_do_not_colour_each_other(int rate)
    {
        short[] first = Signals.Noise(24_000, 0.777, seed: 1);
        short[] second = Signals.Noise(24_000, 1.111, seed: 2);
        CallsPlayoutRig rig = new(rate);
        rig.Write(first);
        rig.Playout.EndTurn();
        rig.Write(second);
        rig.Playout.EndTurn();
        rig.Pump();
        rig.Pass(4000);

        AssertLegal(rig.Leg, 0);
        byte[] heard = rig.Leg.Pcm;
        byte[] firstBytes = CallsPlayoutRig.Resampled(first, 24_000, rate);
        int firstLength = Padded(firstBytes.Length);
        AssertTurn(firstBytes, heard[..firstLength], 1);
        AssertTurn(CallsPlayoutRig.Resampled(second, 24_000, rate), heard[firstLength..], 2);
        Assert.Equal(0, rig.Underruns);
    }

    [Fact]
    public void A_turn_whose_last_chunk_was_whole_still_ends_with_a_mark()
    {
        CallsPlayoutRig rig = new(24_000);
        rig.Write(Signals.Noise(24_000, 0.2, seed: 1)); // two chunks of 4,800 bytes, nothing held by a filter
        rig.Pump();
        Assert.Equal(["chunk 4800", "chunk 4800"], rig.Leg.Told);

        rig.Playout.EndTurn();

        Assert.Equal("mark 1", rig.Leg.Told[^1]);
        rig.Pass(2000);
        rig.Write(Signals.Noise(24_000, 0.2, seed: 1));
        rig.Pump();
        Assert.Equal(0, rig.Counters.PlayoutUnderruns); // the pause was between turns
    }

    [Fact]
    public void What_exceeds_the_bound_is_dropped_and_counted_and_the_rest_stays_legal()
    {
        CallsPlayoutRig rig = new(8000);
        short[] minute = Signals.Noise(16_000, 60, seed: 9);
        for (int i = 0; i < 7; i++)
        {
            rig.Write(minute, 16_000);
        }

        rig.Playout.EndTurn();
        rig.Pump();
        rig.Pass(7 * 60_000);

        const long Bound = 6 * 60 * 8000 * 2;
        byte[] whole = CallsPlayoutRig.Resampled([.. minute, .. minute, .. minute, .. minute, .. minute, .. minute, .. minute], 16_000, 8000);
        Assert.Equal(whole.Length - Bound, rig.Counters.PlayoutDroppedBytes);
        AssertLegal(rig.Leg, 0);
        AssertTurn(whole[..(int)Bound], rig.Leg.Pcm, 0);
    }

    internal static void AssertLegal(FakeCallerLeg leg, int seed)
    {
        foreach (int chunk in leg.Chunks)
        {
            Assert.True(chunk >= 3200, $"seed {seed}: a chunk of {chunk} bytes");
            Assert.True(chunk % 320 == 0, $"seed {seed}: a chunk of {chunk} bytes");
            Assert.True(chunk <= 100_000, $"seed {seed}: a chunk of {chunk} bytes");
        }
    }

    // Its audio first, then silence up to the next legal length, no more.
    internal static void AssertTurn(byte[] audio, byte[] heard, int seed)
    {
        Assert.True(heard.Length >= audio.Length, $"seed {seed}: {audio.Length - heard.Length} bytes are missing");
        int differ = heard.AsSpan().CommonPrefixLength(audio);
        Assert.True(differ == audio.Length, $"seed {seed}: byte {differ} of {audio.Length} differs");
        Assert.False(heard.AsSpan(audio.Length).ContainsAnyExcept((byte)0), $"seed {seed}: padding is not silence");
        Assert.InRange(heard.Length - audio.Length, 0, Playout.MinChunkBytes);
    }

    private static void WriteInPieces(CallsPlayoutRig rig, short[] pcm, Random random)
    {
        for (int at = 0; at < pcm.Length;)
        {
            int take = Math.Min(random.Next(1, 6000), pcm.Length - at);
            rig.Write(pcm.AsSpan(at, take));
            rig.Pump();
            rig.Pass(random.Next(0, 40) * 5);
            at += take;
        }
    }

    private static int Padded(int bytes) => Math.Max(3200, (bytes + 319) / 320 * 320);
}
