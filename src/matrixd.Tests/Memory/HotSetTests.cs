using System.Runtime.CompilerServices;
using Matrixd.Memory;
using Xunit;

namespace Matrixd.Tests.Memory;

/// <summary>What a set holds; that fetching is quicker is measured, not tested.</summary>
public sealed class HotSetTests
{
    [Fact]
    public void A_set_holds_what_is_named_and_what_that_names_in_its_turn()
    {
        Station inner = new(new byte[10]);
        Station outer = new(inner, null, new object());
        HotSet set = new();

        set.Fill(outer);

        Assert.Equal([outer, inner, inner.Names[0]!, outer.Names[2]!], set.Objects.ToArray());
    }

    [Fact]
    public void What_two_ways_lead_to_stands_there_once_and_a_circle_ends()
    {
        Station first = new(null, null);
        Station second = new(first);
        first.Names[0] = second;
        first.Names[1] = second;
        HotSet set = new();

        set.Fill(first);

        Assert.Equal([first, second], set.Objects.ToArray());
    }

    [Fact]
    public void What_is_added_alone_names_nothing()
    {
        Station station = new(new object());
        HotSet set = new();

        set.AddAlone(station);

        Assert.Equal([station], set.Objects.ToArray());
    }

    [Fact]
    public void A_set_that_is_filled_again_has_forgotten_what_it_held()
    {
        HotSet set = new();
        set.Fill(new Station(new object(), new object()));
        object last = new();

        set.Fill(last);

        Assert.Equal([last], set.Objects.ToArray());
    }

    [Theory]
    [InlineData(10, 10)]
    [InlineData(10, 3)]
    [InlineData(3, 10)]
    [InlineData(40, 100)] // it grows
    [InlineData(100, 1)]
    public void A_set_that_is_filled_anew_holds_what_it_is_filled_with_however_many_they_were(int before, int after)
    {
        Station first = new([.. Enumerable.Range(0, before).Select(_ => new object())]);
        Station second = new([first.Names[0], .. Enumerable.Range(0, after).Select(_ => new object()), first.Names[^1]]);
        HotSet set = new();
        foreach (Station filling in new[] { first, first, second, second, first, second, first })
        {
            set.Fill(filling);

            Assert.Equal([filling, .. filling.Names.Distinct()!], set.Objects.ToArray());
            set.Fetch();
        }
    }

    [Theory]
    [InlineData(10, 3, 3)]
    [InlineData(10, 3, 20)]
    [InlineData(10, 9, 1)]
    [InlineData(60, 20, 20)]
    [InlineData(3, 10, 10)]
    public void What_a_set_held_is_let_go_of_when_it_has_been_filled_twice_without_it(int before, int after, int last)
    {
        HotSet set = new();
        WeakReference[] gone = FillAndForget(set, before);
        Station[] fillings = [new([.. Enumerable.Range(0, after).Select(_ => new object())]), new([.. Enumerable.Range(0, last).Select(_ => new object())])];

        set.Fill(fillings[0]);
        set.Fill(fillings[1]);

        GC.Collect();
        Assert.DoesNotContain(gone, one => one.IsAlive);
        Assert.Equal(last + 1, set.Objects.Length);
    }

    [Fact]
    public void What_a_set_still_holds_lives()
    {
        HotSet set = new();
        WeakReference[] held = FillAndForget(set, 10);

        GC.Collect();

        Assert.All(held, one => Assert.True(one.IsAlive));
        GC.KeepAlive(set);
    }

    [Theory]
    [InlineData(0, 1)] // 24 bytes
    [InlineData(40, 1)] // 64
    [InlineData(41, 2)]
    [InlineData(168, 3)] // 192
    [InlineData(100_000, 4)] // a buffer: its beginning
    public void An_object_is_fetched_by_its_size(int bytes, int lines) => Assert.Equal(lines, HotSet.LinesOf(new byte[bytes]));

    [Fact]
    public void Sizes_are_those_that_the_runtime_allocates()
    {
        Assert.Equal(1, HotSet.LinesOf(new object())); // 24 bytes
        Assert.Equal(1, HotSet.LinesOf(new Fields5(1, 2, 3, 4, 5))); // 56
        Assert.Equal(2, HotSet.LinesOf(new Fields7(6, 7))); // 72
    }

    [Fact]
    public void Fetching_anything_however_much_does_no_harm()
    {
        HotSet set = new();
        set.Fetch();
        set.FetchList();
        HotSet.Fetch(null);
        set.Fill(new Station([.. Enumerable.Range(0, 1000).Select(size => (object)new short[size])]));
        GC.Collect();

        set.FetchList();
        set.Fetch();

        Assert.Equal(1001, set.Objects.Length);
    }

    // On a frame of its own, so that nothing of it stays on the stack.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static WeakReference[] FillAndForget(HotSet set, int count)
    {
        Station station = new([.. Enumerable.Range(0, count).Select(_ => new object())]);
        set.Fill(station);
        return [.. set.Objects.ToArray().Select(one => new WeakReference(one))];
    }

    private sealed class Station(params object?[] names) : IHot
    {
        public object?[] Names => names;

        public void AddTo(HotSet set)
        {
            foreach (object? name in names)
            {
                set.Add(name);
            }
        }
    }

    private record Fields5(long A, long B, long C, long D, long E);

    private sealed record Fields7(long F, long G) : Fields5(1, 2, 3, 4, 5);
}
