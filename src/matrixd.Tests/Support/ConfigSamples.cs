namespace Matrixd.Tests.Support;

/// <summary>Files to begin from.</summary>
internal static class ConfigSamples
{
    /// <summary>The least that starts, without warnings.</summary>
    public const string Least = """
        [server]
        [store]
        [exotel]
        basic_password = "a-long-password"
        [gemini]
        api_key = "AIza-secret-key"
        [limits]
        [recording]
        [[agent]]
        name = "reception"
        default = true
        prompt = "You answer the telephone."

        """;

    /// <summary>The least with more lines in one of its sections.</summary>
    public static string With(string header, string lines) => Least.Replace(header + "\n", $"{header}\n{lines}\n", StringComparison.Ordinal);
}
