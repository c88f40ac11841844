namespace Matrixd.Audio;

/// <summary>The sum of cosines of given orders whose largest weighted deviation from the constants of its bands is least, and which is exact at frequency 0.</summary>
/// <remarks>
/// The Remez exchange: fit a deviation of alternating sign at as many points as there are unknowns, then move the points to where the
/// deviation is largest, until it is equal everywhere.
/// The condition at 0 costs one unknown: the weight of the first order is the given sum less all others. A resampler without it would turn
/// an offset into a tone.
/// Source: T. W. Parks and J. H. McClellan, "Chebyshev Approximation for Nonrecursive Digital Filters with Linear Phase", IEEE Trans. Circuit Theory, 1972.
/// </remarks>
internal sealed class EquirippleFit
{
    private const int PointsPerOrder = 16; // of the grid: a ripple is seen by as many points
    private const int MaxRounds = 40; // 7 to 10 are usual
    private const double Equal = 1.0005; // largest deviation over the common one at which the exchange has ended

    private EquirippleFit(int[] orders, double[] weights, double deviation)
    {
        Orders = orders;
        Weights = weights;
        Deviation = deviation;
    }

    /// <summary>As given to <see cref="Solve"/>.</summary>
    public int[] Orders { get; }

    /// <summary>[order]</summary>
    public double[] Weights { get; }

    /// <summary>The largest weighted deviation on the grid.</summary>
    public double Deviation { get; }

    /// <summary>Fits.</summary>
    /// <param name="orders">Of the cosines, ascending, at least two.</param>
    /// <param name="sum">Of all weights: the value at frequency 0.</param>
    /// <param name="bands">Ascending, apart from each other.</param>
    public static EquirippleFit Solve(int[] orders, double sum, FitBand[] bands)
    {
        int unknowns = orders.Length - 1;
        FitPoint[] grid = Grid(unknowns, orders[0], sum, bands);
        int[] places = [.. Enumerable.Range(0, orders.Length).Select(i => (int)((i + 0.5) * (grid.Length - 1) / orders.Length))];
        double[] errors = new double[grid.Length];
        for (int round = 0; ; round++)
        {
            double[] solution = FitAt(places, grid, orders);
            double common = Math.Abs(solution[unknowns]);
            double largest = 0;
            for (int g = 0; g < grid.Length; g++)
            {
                errors[g] = grid[g].Error(orders, solution);
                largest = Math.Max(largest, Math.Abs(errors[g]));
            }

            List<int> next = Alternation(errors, grid, orders.Length);
            if (largest <= common * Equal || next.Count < orders.Length || round == MaxRounds)
            {
                double[] weights = [sum - solution[..unknowns].Sum(), .. solution[..unknowns]];
                return new EquirippleFit(orders, weights, largest);
            }

            places = [.. next];
        }
    }

    private static FitPoint[] Grid(int unknowns, int firstOrder, double sum, FitBand[] bands)
    {
        double width = bands.Sum(b => b.To - b.From);
        var grid = new List<FitPoint>();
        foreach (FitBand band in bands)
        {
            int steps = Math.Max(2, (int)Math.Round(PointsPerOrder * unknowns * (band.To - band.From) / width));
            for (int i = 0; i <= steps; i++)
            {
                double frequency = band.From + ((band.To - band.From) * i / steps);
                double target = band.Desired - (sum * Math.Cos(firstOrder * frequency));
                grid.Add(new FitPoint(frequency, target, band.WeightAt(frequency), IsEdge: i == 0 || i == steps));
            }
        }

        return [.. grid];
    }

    // Unknowns: the weights of all orders but the first, then the common deviation.
    private static double[] FitAt(int[] places, FitPoint[] grid, int[] orders)
    {
        var equations = new double[places.Length][];
        for (int i = 0; i < places.Length; i++)
        {
            FitPoint point = grid[places[i]];
            var row = new double[places.Length + 1];
            for (int k = 1; k < orders.Length; k++)
            {
                row[k - 1] = point.Basis(orders[k], orders[0]);
            }

            row[^2] = (i % 2 == 0 ? 1 : -1) / point.Weight;
            row[^1] = point.Target;
            equations[i] = row;
        }

        return LinearEquations.Solve(equations);
    }

    // The local extrema of alternating sign, cut down to so many.
    private static List<int> Alternation(double[] errors, FitPoint[] grid, int count)
    {
        var places = new List<int>();
        for (int g = 0; g < errors.Length; g++)
        {
            double size = Math.Abs(errors[g]);
            bool overPrevious = (grid[g].IsEdge && (g == 0 || grid[g - 1].IsEdge)) || Math.Sign(errors[g]) * errors[g - 1] <= size;
            bool overNext = (grid[g].IsEdge && (g == errors.Length - 1 || grid[g + 1].IsEdge)) || Math.Sign(errors[g]) * errors[g + 1] < size;
            if (!overPrevious || !overNext)
            {
                continue;
            }

            if (places.Count == 0 || Math.Sign(errors[places[^1]]) != Math.Sign(errors[g]))
            {
                places.Add(g);
            }
            else if (size > Math.Abs(errors[places[^1]]))
            {
                places[^1] = g;
            }
        }

        while (places.Count > count)
        {
            DropSmallest(places, errors, places.Count - count);
        }

        return places;
    }

    // One too many is dropped at an end, two together anywhere: the signs go on alternating.
    private static void DropSmallest(List<int> places, double[] errors, int excess)
    {
        if (excess == 1)
        {
            places.RemoveAt(Math.Abs(errors[places[0]]) < Math.Abs(errors[places[^1]]) ? 0 : places.Count - 1);
            return;
        }

        int smallest = Enumerable.Range(0, places.Count - 1).MinBy(i => Math.Min(Math.Abs(errors[places[i]]), Math.Abs(errors[places[i + 1]])));
        places.RemoveRange(smallest, 2);
    }
}
