namespace Matrixd.Config;

/// <summary>The proxies in force: on the way to Gemini, and to Exotel's API.</summary>
/// <param name="Gemini">Empty: none.</param>
/// <param name="Exotel">Empty: none.</param>
/// <param name="Origin">The key or variable they come from; empty: nothing names one.</param>
internal sealed record ProxyChoice(string Gemini, string Exotel, string Origin)
{
    /// <summary>The key, else the variable that every other program takes too.</summary>
    public static ProxyChoice Choose(ConfigLoad load, SectionValues gemini, Uri geminiUrl, Uri exotelUrl)
    {
        string set = gemini.Text(GeminiKeys.Proxy);
        if (set.Length > 0)
        {
            string proxy = set == "none" ? "" : set.TrimEnd('/');
            return new ProxyChoice(proxy, proxy, "[gemini] proxy");
        }

        string name = Variable(load, "HTTPS_PROXY") is null && Variable(load, "https_proxy") is not null ? "https_proxy" : "HTTPS_PROXY";
        if (Variable(load, name) is not { } value)
        {
            return new ProxyChoice("", "", "");
        }

        string except = Variable(load, "NO_PROXY") ?? Variable(load, "no_proxy") ?? "";
        bool viaGemini = !geminiUrl.IsLoopback && !IsExcepted(geminiUrl.Host, except);
        bool viaExotel = !exotelUrl.IsLoopback && !IsExcepted(exotelUrl.Host, except);
        if ((viaGemini || viaExotel) && Addresses.RefuseProxy(value) is { } refusal)
        {
            gemini.Error(GeminiKeys.Proxy, $"from ${name} {refusal.Message}", "set proxy here, or proxy = \"none\"");
            return new ProxyChoice("", "", "");
        }

        string address = value.TrimEnd('/');
        return new ProxyChoice(viaGemini ? address : "", viaExotel ? address : "", "$" + name);
    }

    private static string? Variable(ConfigLoad load, string name) => load.Environment.Variable(name) is { Length: > 0 } value ? value : null;

    /// <summary>NO_PROXY: names parted by commas; each means itself and what ends with it; * means all.</summary>
    private static bool IsExcepted(string host, string list) =>
        list.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Any(entry =>
        {
            string name = entry.TrimStart('.');
            return entry == "*" || host.Equals(name, StringComparison.OrdinalIgnoreCase) || host.EndsWith("." + name, StringComparison.OrdinalIgnoreCase);
        });
}
