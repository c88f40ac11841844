using Matrixd.Agents;
using Matrixd.Config;

namespace Matrixd.Diagnostics.Doctor;

/// <summary>Takes secrets out of text: the last line of defence, behind checks that print none.</summary>
internal sealed class SecretShade
{
    // A shorter one would blot out words that are none.
    private const int Shortest = 4;

    private readonly List<string> _secrets = [];

    public void Add(string secret)
    {
        if (secret.Length >= Shortest && !_secrets.Contains(secret))
        {
            _secrets.Add(secret);
            _secrets.Sort(static (a, b) => b.Length.CompareTo(a.Length)); // one may be part of another
        }
    }

    public void AddAll(DaemonConfig config)
    {
        Add(config.Server.AdminToken);
        Add(config.Exotel.BasicPassword);
        Add(config.Exotel.ApiKey);
        Add(config.Exotel.ApiToken);
        Add(config.Gemini.ApiKey);
        foreach (string proxy in (string[])[config.Gemini.Proxy, config.Exotel.Proxy])
        {
            if (Uri.TryCreate(proxy, UriKind.Absolute, out Uri? address) && address.UserInfo.Split(':', 2) is [_, { Length: > 0 } password])
            {
                Add(address.UserInfo);
                Add(password);
                Add(Uri.UnescapeDataString(password));
            }
        }

        foreach (KeyValuePair<string, string> header in config.Tools.SelectMany(tool => tool.Headers))
        {
            Add(header.Value);
        }
    }

    public string Clean(string text) => _secrets.Aggregate(text, static (clean, secret) => clean.Replace(secret, "[secret]", StringComparison.Ordinal));

    // What it holds is what must not be shown.
    public override string ToString() => $"{_secrets.Count} secrets";
}
