using System.Text;
using Matrixd.Timing;
using Matrixd.Transport;

namespace Matrixd.Simulation;

/// <summary>Dials as Exotel does: a Go client, no Origin, the query taken off, one retry.</summary>
internal static class CallerDial
{
    /// <summary>Exotel tries a failed handshake once more.</summary>
    public const int HandshakeTries = 2;

    private static readonly TimeSpan s_handshakeLimit = TimeSpan.FromSeconds(10);

    // Source: Exotel's documentation; at most 3 pairs and 256 characters come back in start.custom_parameters.
    private const int MaxParameters = 3;
    private const int MaxParameterLength = 256;

    // What comes down is at most a chunk of 100,000 bytes in base64 with its JSON; ten times that is read, to count what is wrong with it.
    private static readonly WebSocketLimits s_limits = new() { MaxMessageBytes = 1_400_000, SendQueueBytes = 1024 * 1024 };

    /// <returns>The link and how many handshakes it took.</returns>
    /// <exception cref="DialException">The retry failed too.</exception>
    public static async Task<(WebSocketLink Link, int Attempts)> DialAsync(CallerOptions options, TimerWheel wheel, CancellationToken stopping)
    {
        WebSocketDialTarget target = Target(options);
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                return (await WebSocketDialer.DialAsync(target, s_limits, wheel, stopping), attempt);
            }
            catch (DialException) when (attempt < HandshakeTries)
            {
                // the retry's failure is the one that is told
            }
        }
    }

    /// <summary>The pairs of the URL's query, as they come back in <c>start</c>.</summary>
    public static List<KeyValuePair<string, string>> CustomParameters(Uri url)
    {
        string query = url.Query.TrimStart('?');
        query = query.Length > MaxParameterLength ? query[..MaxParameterLength] : query;
        return [.. query.Split('&', StringSplitOptions.RemoveEmptyEntries).Take(MaxParameters).Select(pair => pair.IndexOf('=', StringComparison.Ordinal) is int equals and >= 0
            ? new KeyValuePair<string, string>(Uri.UnescapeDataString(pair[..equals]), Uri.UnescapeDataString(pair[(equals + 1)..]))
            : new KeyValuePair<string, string>(Uri.UnescapeDataString(pair), ""))];
    }

    private static WebSocketDialTarget Target(CallerOptions options)
    {
        Uri url = options.Url;
        string basic = options.Basic.Length > 0 ? options.Basic : Uri.UnescapeDataString(url.UserInfo);
        List<KeyValuePair<string, string>> headers = [new("User-Agent", "Go-http-client/1.1")];
        if (basic.Length > 0)
        {
            headers.Add(new("Authorization", "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes(basic))));
        }

        return new WebSocketDialTarget
        {
            Host = url.IdnHost,
            Port = url.Port,
            Tls = url.Scheme == "wss",
            RequestTarget = url.AbsolutePath,
            Headers = headers,
            CaFile = options.CaFile,
            UpgradeTimeout = s_handshakeLimit,
        };
    }
}
