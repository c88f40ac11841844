using System.Text;
using Matrixd.Benchmarks;
using Xunit;

namespace Matrixd.Tests.Benchmarks;

/// <summary>What the load's caller notices, on a clock that the test sets.</summary>
public class LoadEarTests
{
    private const long Millisecond = 1_000_000;

    private readonly LoadFigures _figures = new();
    private readonly LoadEar _ear;
    private readonly LoadTurn _turn = new() { State = LoadTurnState.Speaking, Number = 1, Planned = 24_000 };

    public LoadEarTests() => _ear = new LoadEar(_figures);

    private void Chunk(int bytes, long ms) => Hear($$$"""{"event":"media","stream_sid":"s","media":{"payload":"{{{Convert.ToBase64String(new byte[bytes])}}}"}}""", ms);

    private void Hear(string frame, long ms) => _ear.Hear(Encoding.ASCII.GetBytes(frame), _turn, ms * Millisecond);

    [Fact]
    public void Audio_that_comes_before_the_last_is_played_out_is_no_under_run()
    {
        _turn.Give(4800, 90 * Millisecond);
        Chunk(3200, 100);
        Chunk(3200, 300); // 200 ms each
        Chunk(9600, 400);

        Assert.Equal(0, _figures.Underruns);
        Assert.Equal(8000, _turn.Out);
        Assert.Equal(1, _figures.Downlink.Count);
        Assert.InRange(_figures.Downlink.Milliseconds(0.5), 10, 10.4);
    }

    [Fact]
    public void A_gap_within_a_turn_is_one_and_between_turns_none()
    {
        Chunk(3200, 100);
        Chunk(3200, 301);
        Assert.Equal(1, _figures.Underruns);

        Chunk(9600, 501);
        Chunk(3200, 5000); // the turn's planned audio has all been heard: padding, or the next turn
        Assert.Equal(1, _figures.Underruns);
    }

    [Theory]
    [InlineData(3200, 0)]
    [InlineData(3520, 0)]
    [InlineData(2880, 1)]
    [InlineData(3202, 1)]
    [InlineData(100_160, 1)]
    public void A_chunk_that_Exotel_does_not_play_cleanly_is_counted(int bytes, int violations)
    {
        Chunk(bytes, 1);

        Assert.Equal(violations, _figures.ChunkViolations);
    }

    [Fact]
    public void After_a_clear_marks_are_forgotten_and_audio_is_counted_as_late()
    {
        Chunk(3200, 100);
        Hear("""{"event":"mark","stream_sid":"s","mark":{"name":"m1"}}""", 101);
        _turn.InterruptedAt = 150 * Millisecond;
        Hear("""{"event":"clear","stream_sid":"s"}""", 152);
        Chunk(3200, 160);

        Assert.InRange(_figures.Clear.Milliseconds(1), 2, 2.1);
        Assert.Equal(3200, _figures.BytesAfterClear);
        Assert.False(_ear.TryEcho(long.MaxValue, out _));
        _turn.Judge(_figures);
        Assert.Equal((1, 1, 0, 0), (_figures.Turns, _figures.Interrupted, _figures.MissingClears, _figures.SamplesExpected));
    }

    [Fact]
    public void A_mark_comes_back_when_it_has_been_reached()
    {
        Chunk(3200, 100);
        Hear("""{"event":"mark","stream_sid":"s","mark":{"name":"m1"}}""", 101);

        Assert.False(_ear.TryEcho(299 * Millisecond, out _));
        Assert.True(_ear.TryEcho(300 * Millisecond, out byte[]? mark));
        Assert.Equal("m1"u8.ToArray(), mark);
        Assert.False(_ear.TryEcho(301 * Millisecond, out _));
    }

    [Fact]
    public void A_turn_is_judged_by_what_is_missing_of_it()
    {
        Chunk(12_800, 100);
        _turn.Judge(_figures);

        Assert.Equal((8000, 1600), (_figures.SamplesExpected, _figures.SamplesMissing));
    }

    [Fact]
    public void An_interruption_without_a_clear_is_counted()
    {
        _turn.InterruptedAt = 1;
        _turn.Judge(_figures);

        Assert.Equal(1, _figures.MissingClears);
    }
}
