using Matrixd.Exotel;

namespace Matrixd.Config;

/// <summary>What must hold between the keys of <c>[gemini]</c>, <c>[limits]</c> and the environment.</summary>
internal static class GeminiChecks
{
    /// <summary>Google's bound on the life of a token. Source: https://ai.google.dev/gemini-api/docs/ephemeral-tokens</summary>
    private static readonly TimeSpan MaxTokenLife = TimeSpan.FromHours(20);

    /// <summary>Between a refresh that is due and one that has succeeded.</summary>
    private static readonly TimeSpan RefreshMargin = TimeSpan.FromMinutes(30);

    /// <summary>Returns the proxies in force.</summary>
    public static ProxyChoice Run(ConfigLoad load, ConfigSections sections)
    {
        SectionValues gemini = sections.Gemini;
        CheckKey(gemini);
        TlsFiles.CheckRoots(load, gemini, GeminiKeys.CaFile);
        var url = new Uri(gemini.Text(GeminiKeys.BaseUrl));
        if (url.Query.Length > 0)
        {
            gemini.Error(GeminiKeys.BaseUrl, "must hold no ?query");
        }

        if (url.Scheme == "http" && !url.IsLoopback)
        {
            gemini.Warn(GeminiKeys.BaseUrl, "is plain http: the API key and the callers' voices cross the network in clear", "use https");
        }

        TimeSpan life = gemini.Duration(GeminiKeys.SharedTokenRefresh) + sections.Limits.Duration(LimitsKeys.CallMax) + RefreshMargin;
        if (life >= MaxTokenLife)
        {
            gemini.Error(GeminiKeys.SharedTokenRefresh, $"with call_max = \"{Durations.Format(sections.Limits.Duration(LimitsKeys.CallMax))}\" a token would have to live {Durations.Format(life)}; Google allows less than {Durations.Format(MaxTokenLife)}", "shorten one of the two");
        }

        string exotel = sections.Exotel.Text(ExotelKeys.BaseUrl);
        return ProxyChoice.Choose(load, gemini, url, ExotelOptions.RestAddress(exotel, sections.Exotel.Text(ExotelKeys.Region)));
    }

    private static void CheckKey(SectionValues gemini)
    {
        bool refused = gemini.IsRefused(GeminiKeys.ApiKey) || gemini.IsRefused(GeminiKeys.ApiKeyFile);
        if (gemini.Text(GeminiKeys.ApiKey).Length == 0 && !refused)
        {
            gemini.Error(GeminiKeys.ApiKeyFile, "there is no Gemini API key", $"give one of: api_key_file, api_key, the variable {ConfigSecrets.GeminiVariable}, or the systemd credential gemini-key");
        }
    }
}
