namespace Matrixd.Config;

/// <summary>The proxy on the way to Gemini: the key, else the variable that every other program takes too.</summary>
internal static class ProxyChoice
{
    /// <summary>Empty: none.</summary>
    public static string Choose(ConfigLoad load, SectionValues gemini, Uri target)
    {
        string set = gemini.Text(GeminiKeys.Proxy);
        if (set.Length > 0)
        {
            return set == "none" ? "" : set;
        }

        string name = Variable(load, "HTTPS_PROXY") is null && Variable(load, "https_proxy") is not null ? "https_proxy" : "HTTPS_PROXY";
        string? value = Variable(load, name);
        if (value is null || target.IsLoopback || IsExcepted(target.Host, Variable(load, "NO_PROXY") ?? Variable(load, "no_proxy") ?? ""))
        {
            return "";
        }

        if (Addresses.RefuseProxy(value) is not { } refusal)
        {
            return value;
        }

        gemini.Error(GeminiKeys.Proxy, $"from ${name} {refusal.Message}", "set proxy here, or proxy = \"none\"");
        return "";
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
