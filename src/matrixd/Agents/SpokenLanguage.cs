namespace Matrixd.Agents;

/// <summary>Names of languages, as a model is told them.</summary>
internal static class SpokenLanguage
{
    // The runtime has no culture data in this build. The languages of India's calls, and what they are mixed with.
    private static readonly Dictionary<string, string> s_names = new(StringComparer.OrdinalIgnoreCase)
    {
        ["en-IN"] = "Indian English",
        ["en"] = "English",
        ["hi"] = "Hindi",
        ["bn"] = "Bengali",
        ["te"] = "Telugu",
        ["mr"] = "Marathi",
        ["ta"] = "Tamil",
        ["gu"] = "Gujarati",
        ["kn"] = "Kannada",
        ["ml"] = "Malayalam",
        ["or"] = "Odia",
        ["pa"] = "Punjabi",
        ["as"] = "Assamese",
        ["ur"] = "Urdu",
        ["ne"] = "Nepali",
        ["sa"] = "Sanskrit",
    };

    /// <summary>The language's name with its code, or the code alone where the name is not known.</summary>
    /// <param name="code">BCP 47.</param>
    public static string Describe(string code)
    {
        int dash = code.IndexOf('-', StringComparison.Ordinal);
        return s_names.TryGetValue(code, out string? name) || (dash > 0 && s_names.TryGetValue(code[..dash], out name)) ? $"{name} ({code})" : code;
    }
}
