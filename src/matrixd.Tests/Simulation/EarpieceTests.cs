using System.Runtime.InteropServices;
using Matrixd.Simulation;
using Xunit;

namespace Matrixd.Tests.Simulation;

/// <summary>The virtual ear, to the sample.</summary>
public sealed class EarpieceTests
{
    private const int Rate = 8000;

    [Fact]
    public void Chunks_play_one_after_the_other_from_their_arrival()
    {
        Earpiece ear = new(Rate, keep: true);
        ear.Play(Ms(100), Chunk(1, 1600)); // 200 ms
        ear.Play(Ms(150), Chunk(2, 1600));
        Assert.Equal(Ms(100), ear.FirstAudio);
        Assert.Equal(Ms(500), ear.End);
        Assert.Equal(Ms(350), ear.LargestQueue);
        Assert.Equal(0, ear.UnderRuns);
        short[] heard = ear.Recording(Ms(600));
        Assert.Equal(4800, heard.Length);
        Assert.All(heard[..800], s => Assert.Equal(0, s));
        Assert.All(heard[800..2400], s => Assert.Equal(1, s));
        Assert.All(heard[2400..4000], s => Assert.Equal(2, s));
        Assert.All(heard[4000..], s => Assert.Equal(0, s));
    }

    [Fact]
    public void A_gap_inside_a_turn_is_an_under_run_and_silence()
    {
        Earpiece ear = new(Rate, keep: true);
        ear.Play(Ms(0), Chunk(1, 1600));
        ear.Play(Ms(260), Chunk(2, 1600));
        Assert.Equal(1, ear.UnderRuns);
        Assert.Equal(Ms(400), ear.Heard);
        Assert.All(ear.Recording(Ms(460))[1600..2080], s => Assert.Equal(0, s));
        Assert.All(ear.Recording(Ms(460))[2080..], s => Assert.Equal(2, s));
        ear.Play(Ms(460) + Earpiece.LongestGap + Ms(1), Chunk(3, 1600));
        Assert.Equal(1, ear.UnderRuns); // that was the next turn
    }

    [Fact]
    public void A_clear_drops_what_has_not_been_played_and_is_no_under_run()
    {
        Earpiece ear = new(Rate, keep: true);
        ear.Play(Ms(0), Chunk(1, 8000)); // one second
        ear.Clear(Ms(300));
        Assert.Equal(Ms(300), ear.Heard);
        Assert.False(ear.Playing(Ms(300)));
        ear.Play(Ms(500), Chunk(2, 1600));
        Assert.Equal(0, ear.UnderRuns);
        short[] heard = ear.Recording(Ms(700));
        Assert.All(heard[..2400], s => Assert.Equal(1, s));
        Assert.All(heard[2400..4000], s => Assert.Equal(0, s));
        Assert.All(heard[4000..], s => Assert.Equal(2, s));
        ear.Clear(Ms(900)); // nothing left to drop
        Assert.Equal(2, ear.Clears);
        Assert.Equal(Ms(500), ear.Heard);
    }

    [Fact]
    public void What_was_not_played_when_the_line_ended_was_not_heard()
    {
        Earpiece ear = new(Rate, keep: true);
        ear.Play(Ms(0), Chunk(1, 8000));
        Assert.Equal(800, ear.Recording(Ms(100)).Length);
    }

    private static TimeSpan Ms(int milliseconds) => TimeSpan.FromMilliseconds(milliseconds);

    private static ReadOnlySpan<byte> Chunk(short value, int samples)
    {
        short[] pcm = new short[samples];
        Array.Fill(pcm, value);
        return MemoryMarshal.AsBytes<short>(pcm);
    }
}
