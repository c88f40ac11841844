using System.Runtime.InteropServices;
using Matrixd.Calls;
using Matrixd.Tests.Support;
using Xunit;

namespace Matrixd.Tests.Calls;

/// <summary>A pause that is taken back: what the ear heard before and after it, to the sample.</summary>
public sealed class PlayoutPauseTests
{
    private FakeCallerLeg _leg = new();
    private Playout _playout = null!;
    private CallsEar _ear = null!;
    private long _now;
    private long _again = long.MaxValue;

    [Theory]
    [InlineData(8000)]
    [InlineData(16000)]
    [InlineData(24000)]
    public void Pauses_at_any_moment_lose_nothing_repeat_nothing_and_keep_chunks_legal(int rate)
    {
        for (int seed = 0; seed < 40; seed++)
        {
            Random random = new(seed);
            Build(rate);
            short[] pcm = Signals.Noise(24_000, 1.5 + (random.NextDouble() * 2), seed);
            bool endsAtOnce = random.Next(2) == 0;
            Write(pcm, ends: endsAtOnce);
            List<long> pauses = [];
            for (int i = 0; i < 3; i++)
            {
                Pass(100 + random.Next(700));
                long at = _playout.Pause(_now);
                if (at >= 0)
                {
                    pauses.Add(at);
                }

                Pass(random.Next(900));
                if (i == 1 && !endsAtOnce)
                {
                    _playout.EndTurn();
                }

                _playout.Resume();
                Pump();
            }

            Pass(6000);

            AssertSilentFrom(AssertHeard(CallsPlayoutRig.Resampled(pcm, 24_000, rate), pauses, seed), seed);
            AssertLegal(seed);
        }
    }

    [Fact]
    public void A_pause_in_the_last_chunk_of_a_turn_gives_the_rest_of_it_and_its_mark_once_more()
    {
        Build(8000);
        short[] pcm = Signals.Noise(24_000, 1, seed: 3);
        Write(pcm, ends: true);
        Pass(950);
        Assert.StartsWith("mark", _leg.Told[^1], StringComparison.Ordinal); // all has been sent

        long at = _playout.Pause(_now);
        Pass(500);
        _playout.Resume();
        Pass(1000);

        AssertSilentFrom(AssertHeard(CallsPlayoutRig.Resampled(pcm, 24_000, 8000), [at], 0), 0);
        Assert.Equal([1, 2], _leg.Marks);
    }

    [Fact]
    public void The_turn_that_waits_behind_a_paused_one_follows_it()
    {
        Build(8000);
        short[] first = Signals.Noise(24_000, 1, seed: 4);
        short[] second = Signals.Noise(24_000, 1, seed: 5);
        Write(first, ends: true);
        Pass(700);
        long at = _playout.Pause(_now);
        Write(second, ends: true);
        Pass(500);
        _playout.Resume();
        Pass(3000);

        int end = AssertHeard(CallsPlayoutRig.Resampled(first, 24_000, 8000), [at], 0);
        byte[] next = CallsPlayoutRig.Resampled(second, 24_000, 8000);
        int begins = _ear.Heard[end..].IndexOf(MemoryMarshal.Cast<byte, short>(next));
        Assert.InRange(begins, 0, 1600); // the padding of the first
        AssertSilentFrom(end + begins + (next.Length / 2), 0);
        AssertLegal(0);
    }

    [Fact]
    public void Nothing_is_sent_while_it_is_paused_and_a_pause_is_one_clear()
    {
        Build(8000);
        Write(Signals.Noise(24_000, 5, seed: 4), ends: true);
        Pass(700);

        Assert.True(_playout.Pause(_now) >= 0);
        Assert.Equal(-1, _playout.Pause(_now));
        int told = _leg.Told.Count;
        Pass(2000);

        Assert.Equal(told, _leg.Told.Count);
        Assert.Equal("clear", _leg.Told[^1]);
        Assert.Equal(1, _leg.Clears);
    }

    [Fact]
    public void A_pause_that_turns_out_a_barge_in_needs_no_second_clear_and_says_what_was_heard()
    {
        Build(8000);
        Write(Signals.Noise(24_000, 5, seed: 4), ends: true);
        Pass(700);
        long at = _playout.Pause(_now);
        Pass(300);

        long heard = _playout.Interrupt(_now);

        Assert.Equal(at, heard);
        Assert.Equal(700 * 8, heard);
        Assert.Equal(1, _leg.Clears);
        Assert.False(_playout.IsPaused);
        Assert.False(_playout.IsPlaying(_now));
        short[] next = Signals.Noise(24_000, 1, seed: 9);
        Write(next, ends: true);
        Pass(2000);
        Assert.True(_ear.Heard.IndexOf(MemoryMarshal.Cast<byte, short>(CallsPlayoutRig.Resampled(next, 24_000, 8000))) > 0, "the next turn is heard whole");
    }

    [Fact]
    public void Where_nothing_plays_there_is_nothing_to_pause()
    {
        Build(8000);
        Assert.Equal(-1, _playout.Pause(_now));
        Write(Signals.Noise(24_000, 0.5, seed: 4), ends: true);
        Pass(1500);

        Assert.Equal(-1, _playout.Pause(_now));
        Assert.Equal(0, _leg.Clears);
    }

    [Fact]
    public void Audio_begins_again_softly()
    {
        Build(8000);
        Write(Signals.Tone(0.001, 24_000, 3).Select(_ => (short)10_000).ToArray(), ends: true);
        Pass(1000);
        _playout.Pause(_now);
        Pass(500);
        int before = _ear.Heard.Length;
        _playout.Resume();
        Pump();
        Pass(500);

        ReadOnlySpan<short> heard = _ear.Heard[before..];
        int begins = heard.IndexOfAnyExcept((short)0);
        Assert.InRange(begins, 0, 1700);
        Assert.InRange(heard[begins], 1, 300);
        for (int i = begins; i < begins + 79; i++)
        {
            Assert.InRange(heard[i + 1] - heard[i], 0, 300); // never a step
        }

        Assert.InRange(heard[begins + 100], 9900, 10_100);
    }

    private void Build(int rate)
    {
        _leg = new FakeCallerLeg();
        _ear = new CallsEar(_leg, rate);
        _playout = new Playout(_leg, rate, TimeSpan.FromMilliseconds(300), null, new CallCounters(), canPause: true);
        _ear.OnEcho = mark => _playout.MarkEchoed(mark, _now);
        _now = 0;
        _again = long.MaxValue;
    }

    private void Write(short[] pcm, bool ends)
    {
        _playout.Write(Samples16.BytesOf(pcm), 24_000, _now);
        if (ends)
        {
            _playout.EndTurn();
        }

        Pump();
    }

    private void Pump() => _again = _playout.Pump(_now);

    private void Pass(int milliseconds)
    {
        int step = _ear.Rate / 1000;
        for (int i = 0; i < milliseconds; i++)
        {
            _ear.Pass(step);
            _now += step;
            _again = _again == long.MaxValue ? _again : _again - step;
            if (_again <= 0 || i % 200 == 0)
            {
                Pump();
            }
        }
    }

    // Piece by piece between the pauses: each whole but for its fade, in order, with nothing but silence between.
    private int AssertHeard(byte[] audio, List<long> pauses, int seed)
    {
        ReadOnlySpan<short> expected = MemoryMarshal.Cast<byte, short>(audio);
        int fade = _ear.Rate / 100;
        int at = 0;
        int faded = 0; // of pieces too short to be told apart
        int from = 0;
        foreach (long pause in pauses.Append(long.MaxValue))
        {
            int to = (int)Math.Min(pause, expected.Length);
            int skipped = from == 0 ? 0 : fade;
            if (to - from > skipped)
            {
                ReadOnlySpan<short> piece = expected[(from + skipped)..to];
                int found = _ear.Heard[at..].IndexOf(piece);
                Assert.True(found >= 0, $"seed {seed}: {from} to {to} was not heard after {at}");
                ReadOnlySpan<short> between = _ear.Heard.Slice(at, found);
                int begins = between.IndexOfAnyExcept((short)0);
                Assert.True(begins < 0 || faded > 0 || found - begins <= skipped, $"seed {seed}: something else before {from}");
                at += found + piece.Length;
                faded = 0;
            }
            else
            {
                faded += to - from;
            }

            from = to;
        }

        return faded > 0 ? at + (_ear.Rate / 10) : at;
    }

    private void AssertSilentFrom(int at, int seed) => Assert.False(_ear.Heard[at..].ContainsAnyExcept((short)0), $"seed {seed}: something after the end");

    private void AssertLegal(int seed) => Assert.All(
        _leg.Chunks, bytes => Assert.True(bytes is >= 3200 and <= 100_000 && bytes % 320 == 0, $"seed {seed}: a chunk of {bytes} bytes"));
}
