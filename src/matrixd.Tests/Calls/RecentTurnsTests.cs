using Matrixd.Calls;
using Xunit;

namespace Matrixd.Tests.Calls;

public sealed class RecentTurnsTests
{
    private static readonly CallSid s_call = CallSid.Parse("CA1");
    private static readonly StreamSid s_stream = StreamSid.Parse("ST1");

    private readonly RecentTurns _recent = new(s_call, s_stream);

    [Fact]
    public void What_was_kept_comes_back_as_it_was()
    {
        TurnRecord[] turns =
        [
            new(s_call, s_stream, 1, Speaker.Caller, "where is my order", "where is my order", 500, 1500, false, -1),
            new(s_call, s_stream, 2, Speaker.Model, "आपका ऑर्डर रास्ते में है 📦", "आपका ऑर्डर", 1800, 2800, true, 300),
            new(s_call, s_stream, 3, Speaker.Model, "", "", 3000, 3000, false, -1),
            new(s_call, s_stream, 4, Speaker.Model, "It is on its way.", "", 3000, 3100, true, 20),
        ];
        Array.ForEach(turns, _recent.Add);

        Assert.Equal(turns, _recent.Records);
    }

    [Fact]
    public void Of_many_turns_the_latest_are_kept_whole()
    {
        TurnRecord[] turns = [.. Enumerable.Range(1, 200).Select(n => Turn(n, new string((char)('a' + (n % 26)), n * 37 % 400)))];
        for (int n = 0; n < turns.Length; n++)
        {
            _recent.Add(turns[n]);

            Assert.Equal(turns[Math.Max(0, n + 1 - RecentTurns.Most)..(n + 1)], _recent.Records);
        }

        Assert.InRange(_recent.Capacity, 1, 2 * RecentTurns.Most * 400);
    }

    [Fact]
    public void A_turn_of_an_hour_is_kept_and_its_room_is_given_back_when_it_has_gone()
    {
        TurnRecord endless = Turn(1, new string('x', 64 * 1024));
        _recent.Add(endless);
        Assert.Equal([endless], _recent.Records);

        TurnRecord[] later = [.. Enumerable.Range(2, RecentTurns.Most).Select(n => Turn(n, $"turn {n}"))];
        Array.ForEach(later, _recent.Add);

        Assert.Equal(later, _recent.Records);
        Assert.InRange(_recent.Capacity, 1, 8 * 1024);
    }

    private static TurnRecord Turn(int number, string said) =>
        new(s_call, s_stream, number, Speaker.Model, said, said[..(said.Length / 2)], number * 1000, (number * 1000) + 900, true, 40);
}
