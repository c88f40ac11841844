using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;
using Matrixd.Transport;

namespace Matrixd.Exotel;

/// <summary>Exotel's REST side. Source: https://developer.exotel.com/api.</summary>
/// <remarks>
/// Any thread; lives as long as its owner. Key and token travel in a header alone, never in an address, and no exception holds them.
/// </remarks>
internal sealed class ExotelRest : IDisposable
{
    /// <summary>From the first byte of the request to the last of the answer. Observed: under load the API can take 30 s, which nobody at a prompt waits for.</summary>
    public static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    // An account's figures or one call; anything near this is neither.
    private const int MaxReplyBytes = 64 * 1024;

    private readonly HttpClient _client;
    private readonly AuthenticationHeaderValue _credential;
    private readonly string _account;
    private readonly TimeProvider _time;

    /// <exception cref="IOException"><see cref="ExotelOptions.CaFile"/> cannot be read.</exception>
    public ExotelRest(ExotelOptions options, TimeProvider time)
    {
        _time = time;
        Host = options.RestBase.Authority;
        _account = $"{options.RestBase.GetLeftPart(UriPartial.Path).TrimEnd('/')}/v1/Accounts/{Uri.EscapeDataString(options.AccountSid)}";
        _credential = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{options.ApiKey}:{options.ApiToken}")));
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false, // the credential must not follow a redirect to another host
            PooledConnectionLifetime = TimeSpan.FromSeconds(60), // so that a changed address behind the name is seen within a minute
            ConnectTimeout = TimeSpan.FromSeconds(5),
            UseCookies = false,
            UseProxy = options.Proxy.Length > 0,
            Proxy = RestProxy.Of(options.Proxy),
            AutomaticDecompression = DecompressionMethods.None, // a small answer can unpack into a large one
        };
        if (options.CaFile.Length > 0)
        {
            var trust = new ExtraTrust(options.CaFile);
            handler.SslOptions.RemoteCertificateValidationCallback = (_, certificate, chain, errors) => trust.Accept(certificate, chain, errors);
        }

        _client = new HttpClient(handler) { Timeout = System.Threading.Timeout.InfiniteTimeSpan };
    }

    /// <summary>Host and port, for messages.</summary>
    public string Host { get; }

    /// <summary>Asks how many streams run now, and how many may.</summary>
    /// <exception cref="ExotelRestException">It was not told.</exception>
    public async Task<ActiveStreams> ActiveStreamsAsync(CancellationToken cancelled)
    {
        string body = await GetAsync("/ActiveStreams", cancelled);
        return ActiveStreams.Read(body) ?? throw new ExotelRestException($"{Host} answered with something that is no account of streams", 200);
    }

    // Path behind the account; TitleCase, since lower case is not found.
    private async Task<string> GetAsync(string path, CancellationToken cancelled)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, _account + path);
        request.Headers.Authorization = _credential;
        using var deadline = new CancellationTokenSource(Timeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancelled, deadline.Token);
        try
        {
            using HttpResponseMessage response = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token);
            string body = await ReadAsync(response.Content, either.Token);
            return response.IsSuccessStatusCode ? body : throw Refused((int)response.StatusCode, body);
        }
        catch (OperationCanceledException e) when (!cancelled.IsCancellationRequested)
        {
            throw new ExotelRestException($"{Host}: no answer within {Timeout.TotalSeconds:0} s", 0, e);
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            throw new ExotelRestException($"{Host}: {Cause(e)}", 0, e);
        }
    }

    private async Task<string> ReadAsync(HttpContent content, CancellationToken cancelled)
    {
        await using Stream stream = await content.ReadAsStreamAsync(cancelled);
        byte[] buffer = new byte[MaxReplyBytes + 1];
        int length = await stream.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancelled);
        return length <= MaxReplyBytes ? Encoding.UTF8.GetString(buffer, 0, length) : throw new ExotelRestException($"{Host}: the answer is larger than {MaxReplyBytes} bytes", 0);
    }

    private ExotelRestException Refused(int status, string body)
    {
        string words = ExotelError.Read(body);
        return new ExotelRestException(words.Length == 0 ? $"{Host} answered HTTP {status}" : $"{Host} answered HTTP {status}: {words}", status);
    }

    private static string Cause(Exception e) => e.GetBaseException() switch
    {
        SocketException socket => $"cannot connect ({socket.SocketErrorCode})",
        AuthenticationException tls => $"TLS failed: {PeerText.Escape(tls.Message)}",
        { } other => PeerText.Escape(other.Message),
    };

    public void Dispose() => _client.Dispose();
}
