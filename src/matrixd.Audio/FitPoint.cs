namespace Matrixd.Audio;

/// <summary>A frequency at which a fit is judged.</summary>
/// <param name="Frequency">[rad per sample]</param>
/// <param name="Target">What all orders but the first have to add up to.</param>
/// <param name="Weight">Of a deviation here.</param>
/// <param name="IsEdge">Whether its band begins or ends here.</param>
internal readonly record struct FitPoint(double Frequency, double Target, double Weight, bool IsEdge)
{
    /// <summary>What a unit moved from the first order to another adds.</summary>
    public double Basis(int order, int firstOrder) => Math.Cos(order * Frequency) - Math.Cos(firstOrder * Frequency);

    /// <summary>Weighted deviation of a solution: the weights of all orders but the first, then anything.</summary>
    public double Error(int[] orders, double[] solution)
    {
        // cos (n + 1) w = 2 cos w cos n w - cos (n - 1) w: one cosine for all orders.
        double twice = 2 * Math.Cos(Frequency);
        double current = 1;
        double next = twice / 2;
        double first = Math.Cos(orders[0] * Frequency);
        double sum = 0;
        int k = 1;
        for (int n = 0; k < orders.Length; n++)
        {
            if (n == orders[k])
            {
                sum += solution[k - 1] * (current - first);
                k++;
            }

            (current, next) = (next, (twice * next) - current);
        }

        return (Target - sum) * Weight;
    }
}
