namespace Matrixd.Audio;

/// <summary>Gaussian elimination with partial pivoting.</summary>
internal static class LinearEquations
{
    /// <summary>Solves n equations in n unknowns.</summary>
    /// <param name="rows">Each n coefficients, then the right side. Overwritten.</param>
    /// <returns>The unknowns; not finite where the equations have no single solution.</returns>
    public static double[] Solve(double[][] rows)
    {
        int n = rows.Length;
        for (int i = 0; i < n; i++)
        {
            int pivot = i;
            for (int r = i + 1; r < n; r++)
            {
                pivot = Math.Abs(rows[r][i]) > Math.Abs(rows[pivot][i]) ? r : pivot;
            }

            (rows[i], rows[pivot]) = (rows[pivot], rows[i]);
            for (int r = i + 1; r < n; r++)
            {
                double factor = rows[r][i] / rows[i][i];
                for (int c = i; c <= n; c++)
                {
                    rows[r][c] -= factor * rows[i][c];
                }
            }
        }

        var solution = new double[n];
        for (int i = n - 1; i >= 0; i--)
        {
            double rest = rows[i][n];
            for (int c = i + 1; c < n; c++)
            {
                rest -= rows[i][c] * solution[c];
            }

            solution[i] = rest / rows[i][i];
        }

        return solution;
    }
}
