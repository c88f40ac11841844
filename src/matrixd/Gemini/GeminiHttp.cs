using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Security.Authentication;
using Matrixd.Transport;

namespace Matrixd.Gemini;

/// <summary>The REST side of the model's service: one client for tokens and the list of models.</summary>
/// <remarks>
/// Lives as long as the daemon; any thread. The key travels in a header alone, never in an address; no exception of this type holds it.
/// </remarks>
internal sealed class GeminiHttp : IDisposable
{
    /// <summary>From the first byte of the request to the last of the answer; nobody waits longer for a token.</summary>
    public static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    // So that a changed address behind the name is seen within a minute.
    private static readonly TimeSpan s_connectionLifetime = TimeSpan.FromSeconds(60);

    private readonly HttpClient _client;
    private readonly string _base;
    private readonly string _apiKey;
    private readonly TimeProvider _time;

    /// <param name="way">How requests travel; null: over the network. It is disposed of here.</param>
    /// <exception cref="IOException"><see cref="GeminiOptions.CaFile"/> cannot be read.</exception>
    /// <exception cref="FormatException">The key holds what no header can carry.</exception>
    public GeminiHttp(GeminiOptions options, TimeProvider time, HttpMessageHandler? way = null)
    {
        // Said here without the value: the header's own error would quote it.
        if (options.ApiKey.AsSpan().ContainsAnyExceptInRange('!', '~'))
        {
            throw new FormatException("The Gemini API key holds a blank, a line break or a character beyond ASCII: check the file it is read from.");
        }

        _apiKey = options.ApiKey;
        _time = time;
        _base = options.BaseUrl.GetLeftPart(UriPartial.Path).TrimEnd('/');
        Host = options.BaseUrl.Authority;
        _client = new HttpClient(way ?? Network(options)) { Timeout = System.Threading.Timeout.InfiniteTimeSpan };
    }

    /// <summary>Host and port, for messages.</summary>
    public string Host { get; }

    /// <summary>Sends one request and reads its answer whole.</summary>
    /// <param name="target">Path and query below the base address, without a leading slash.</param>
    /// <param name="body">JSON; empty: none.</param>
    /// <param name="maxBytes">Largest answer that is read.</param>
    /// <returns>The answer, whatever its status.</returns>
    /// <exception cref="GeminiHttpException">There was no whole answer.</exception>
    public async Task<GeminiReply> SendAsync(HttpMethod method, string target, ReadOnlyMemory<byte> body, int maxBytes, CancellationToken cancelled)
    {
        using var request = new HttpRequestMessage(method, $"{_base}/{target}");
        if (_apiKey.Length > 0)
        {
            request.Headers.TryAddWithoutValidation("x-goog-api-key", _apiKey);
        }

        if (!body.IsEmpty)
        {
            request.Content = new ReadOnlyMemoryContent(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
        }

        using var deadline = new CancellationTokenSource(Timeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancelled, deadline.Token);
        try
        {
            using HttpResponseMessage response = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token);
            byte[] content = await ReadAsync(response.Content, maxBytes, either.Token);
            return new GeminiReply((int)response.StatusCode, content, RetryAfter(response.Headers.RetryAfter), response.Headers.Date);
        }
        catch (OperationCanceledException e) when (!cancelled.IsCancellationRequested)
        {
            throw new GeminiHttpException($"{Host}: no answer within {Timeout.TotalSeconds:0} s", e);
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            throw new GeminiHttpException($"{Host}: {Cause(e)}", e);
        }
    }

    public void Dispose() => _client.Dispose();

    private async Task<byte[]> ReadAsync(HttpContent content, int maxBytes, CancellationToken cancelled)
    {
        await using Stream stream = await content.ReadAsStreamAsync(cancelled);
        using var whole = new MemoryStream();
        byte[] piece = new byte[16 * 1024];
        int read;
        while ((read = await stream.ReadAsync(piece, cancelled)) > 0)
        {
            if (whole.Length + read > maxBytes)
            {
                throw new GeminiHttpException($"{Host}: the answer is larger than {maxBytes} bytes");
            }

            whole.Write(piece, 0, read);
        }

        return whole.ToArray();
    }

    private TimeSpan? RetryAfter(RetryConditionHeaderValue? header) => header switch
    {
        { Delta: { } delta } => delta,
        { Date: { } date } => date - _time.GetUtcNow(),
        _ => null,
    };

    private static SocketsHttpHandler Network(GeminiOptions options)
    {
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false, // the key must not follow a redirect to another host
            PooledConnectionLifetime = s_connectionLifetime,
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

        return handler;
    }

    private static string Cause(Exception e) => e.GetBaseException() switch
    {
        SocketException socket => $"cannot connect ({socket.SocketErrorCode})",
        AuthenticationException tls => $"TLS failed: {PlainText.Clean(tls.Message)}",
        { } other => PlainText.Clean(other.Message),
    };
}
