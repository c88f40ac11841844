using Xunit.Abstractions;

namespace Matrixd.Tests.Support;

/// <summary>How large this run is, and from which seed its random choices come.</summary>
internal static class EndToEndRun
{
    /// <summary>Counts as large as the rows ask for, rather than what fits into every day's run.</summary>
    public static bool Full => Environment.GetEnvironmentVariable("MATRIXD_TEST_FULL") == "1";

    /// <summary>A new seed each run, or the one that is to be played again.</summary>
    public static int Seed(ITestOutputHelper output)
    {
        int seed = int.TryParse(Environment.GetEnvironmentVariable("MATRIXD_TEST_SEED"), out int given) ? given : Random.Shared.Next();
        string line = $"seed {seed} (MATRIXD_TEST_SEED={seed} plays it again)";
        output.WriteLine(line);
        Console.WriteLine(line);
        return seed;
    }
}
