namespace Matrixd.Simulation;

/// <summary>One HTTP request that reached the simulator, upgrades too, as a test wants to see it.</summary>
/// <param name="Target">Path and query as sent.</param>
internal sealed record GeminiRequest(string Method, string Target, string Protocol, IReadOnlyDictionary<string, string> Headers, string Body)
{
    /// <summary>Without query, headers and body: keys and tokens stand there.</summary>
    public override string ToString() => $"{Method} {Target.Split('?')[0]}";
}
