using Matrixd.Tests.Support;
using Matrixd.Transport;
using Xunit;

namespace Matrixd.Tests.Transport;

/// <summary>Places in the memory that all links of a loop share for a round.</summary>
public class SendArenaTests
{
    private const int Users = 1024;
    private readonly SendArena _arena = new();
    private readonly User _first = new();
    private readonly User _second = new();

    public SendArenaTests() => _arena.Open();

    [Fact]
    public void Places_lie_one_behind_the_other_and_the_last_one_grows_where_it_is()
    {
        int first = -1, second = -1;

        Assert.True(_arena.TryTake(_first, ref first, 0, 10));
        Assert.True(_arena.TryTake(_first, ref first, 10, 5));
        Assert.True(_arena.TryTake(_second, ref second, 0, 7));
        Assert.True(_arena.TryTake(_second, ref second, 7, 1));

        Assert.Equal((0, 15), (first, second));
    }

    [Fact]
    public void A_place_with_another_behind_it_does_not_grow_and_nothing_is_taken()
    {
        int first = -1, second = -1, third = -1;
        _arena.TryTake(_first, ref first, 0, 10);
        _arena.TryTake(_second, ref second, 0, 10);

        Assert.False(_arena.TryTake(_first, ref first, 10, 1));

        Assert.Equal(0, first);
        _arena.TryTake(_first, ref third, 0, 1);
        Assert.Equal(20, third);
    }

    [Fact]
    public void All_of_it_can_be_had_and_not_a_byte_more()
    {
        int first = -1, second = -1;

        Assert.False(_arena.TryTake(_first, ref first, 0, TransportRound.ArenaBytes + 1));
        Assert.True(_arena.TryTake(_first, ref first, 0, TransportRound.ArenaBytes - 5));
        Assert.False(_arena.TryTake(_first, ref first, TransportRound.ArenaBytes - 5, 6));
        Assert.False(_arena.TryTake(_second, ref second, 0, 6));
        Assert.True(_arena.TryTake(_second, ref second, 0, 5));
        Assert.False(_arena.TryTake(_second, ref second, 5, 1));
        Assert.Equal(TransportRound.ArenaBytes - 5, second);
    }

    [Fact]
    public void So_many_places_are_given_and_those_that_are_there_still_grow()
    {
        int at = -1;
        for (int i = 0; i < Users; i++)
        {
            Assert.True(_arena.TryTake(_first, ref at, 0, 1));
        }

        int other = -1;
        Assert.False(_arena.TryTake(_second, ref other, 0, 1));
        Assert.True(_arena.TryTake(_first, ref at, 1, 1));
    }

    [Fact]
    public void Other_threads_get_nothing_neither_does_anybody_before_it_is_opened()
    {
        int at = -1;
        bool elsewhere = true;

        TransportRound.Elsewhere(() => elsewhere = _arena.TryTake(_first, ref at, 0, 1));

        Assert.False(elsewhere);
        Assert.False(new SendArena().TryTake(_first, ref at, 0, 1));
        Assert.Equal(-1, at);
    }

    [Fact]
    public void Whoever_has_a_place_is_asked_to_leave_once_and_then_all_begins_anew()
    {
        int first = -1, second = -1;
        _arena.TryTake(_first, ref first, 0, 100);
        _arena.TryTake(_first, ref first, 100, 100);
        _arena.TryTake(_second, ref second, 0, TransportRound.ArenaBytes - 200);

        _arena.Clear();
        _arena.Clear();

        Assert.Equal((1, 1), (_first.Asked, _second.Asked));
        Assert.True(_arena.TryTake(_second, ref second, 0, TransportRound.ArenaBytes));
        Assert.Equal(0, second);
    }

    private sealed class User : IArenaUser
    {
        public int Asked { get; private set; }

        public void LeaveArena() => Asked++;
    }
}
