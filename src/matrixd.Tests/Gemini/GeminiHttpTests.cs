using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Matrixd.Gemini;
using Matrixd.Tests.Support;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace Matrixd.Tests.Gemini;

// U14, U15
public sealed class GeminiHttpTests : IDisposable
{
    private readonly string _caFile = Path.Combine(Path.GetTempPath(), $"matrixd-ca-{Guid.NewGuid():N}.pem");

    public void Dispose() => File.Delete(_caFile);

    [Fact]
    public async Task A_root_of_ones_own_is_trusted_beside_the_systems()
    {
        using X509Certificate2 ca = Authority("CN=ours");
        using X509Certificate2 certificate = Leaf(ca, "127.0.0.1");
        await File.WriteAllTextAsync(_caFile, ca.ExportCertificatePem());
        await using AgentsLoopbackServer server = await AgentsLoopbackServer.StartAsync((_, http) => http.Response.WriteAsync("hello"), certificate);

        GeminiReply reply = await GetAsync(server, _caFile);

        Assert.Equal("hello", System.Text.Encoding.UTF8.GetString(reply.Body));
    }

    [Theory]
    [InlineData("no file")]
    [InlineData("another root")]
    [InlineData("wrong name")]
    [InlineData("expired")]
    public async Task A_certificate_that_is_not_good_is_refused(string fault)
    {
        using X509Certificate2 ca = Authority("CN=ours");
        using X509Certificate2 other = Authority("CN=ours");
        using X509Certificate2 certificate = fault switch
        {
            "wrong name" => Leaf(ca, "10.9.8.7"),
            "expired" => Leaf(ca, "127.0.0.1", expired: true),
            _ => Leaf(ca, "127.0.0.1"),
        };
        await File.WriteAllTextAsync(_caFile, (fault == "another root" ? other : ca).ExportCertificatePem());
        await using AgentsLoopbackServer server = await AgentsLoopbackServer.StartAsync((_, http) => http.Response.WriteAsync("hello"), certificate);

        GeminiHttpException e = await Assert.ThrowsAsync<GeminiHttpException>(() => GetAsync(server, fault == "no file" ? "" : _caFile));

        Assert.StartsWith($"{server.Url.Authority}: TLS failed: ", e.Message);
        Assert.Equal(0, server.Count);
    }

    [Theory]
    [InlineData("", "holds no certificate")]
    [InlineData("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", "cannot be read as PEM")]
    public void A_file_without_certificates_is_told_at_once(string content, string error)
    {
        File.WriteAllText(_caFile, content);

        IOException e = Assert.Throws<IOException>(() => new GeminiHttp(new GeminiOptions { ApiKey = "k", CaFile = _caFile }, TimeProvider.System));

        Assert.Contains(_caFile, e.Message);
        Assert.Contains(error, e.Message);
    }

    [Fact]
    public void A_file_that_is_not_there_is_told_at_once() =>
        Assert.ThrowsAny<IOException>(() => new GeminiHttp(new GeminiOptions { ApiKey = "k", CaFile = "/nonexistent/ca.pem" }, TimeProvider.System));

    [Theory]
    [InlineData("canary\n")]
    [InlineData("canary\u00a0")]
    [InlineData("can ary")]
    public void A_key_that_no_header_can_carry_is_refused_without_quoting_it(string key)
    {
        FormatException e = Assert.Throws<FormatException>(() => new GeminiHttp(new GeminiOptions { ApiKey = key }, TimeProvider.System));

        Assert.DoesNotContain(key.Trim(), e.ToString());
    }

    [Theory]
    [InlineData("http://127.0.0.1:1", "", "127.0.0.1:1: cannot connect (ConnectionRefused)")]
    [InlineData("http://127.0.0.1:1", "http://user:canary@127.0.0.1:2", "127.0.0.1:1: cannot connect (ConnectionRefused)")]
    public async Task A_service_that_cannot_be_reached_is_named(string url, string proxy, string error)
    {
        var options = new GeminiOptions { ApiKey = "canary", BaseUrl = new Uri(url), Proxy = proxy };
        using var http = new GeminiHttp(options, TimeProvider.System);

        GeminiHttpException e = await Assert.ThrowsAsync<GeminiHttpException>(() => http.SendAsync(HttpMethod.Get, "x", default, 100, CancellationToken.None));

        Assert.Equal(error, e.Message);
        Assert.DoesNotContain("canary", e.ToString());
    }

    [Fact]
    public async Task A_proxy_is_asked_with_its_credentials_and_not_with_the_key()
    {
        await using AgentsLoopbackServer proxy = await AgentsLoopbackServer.StartAsync((request, http) =>
        {
            http.Response.StatusCode = request.Headers.ContainsKey("Proxy-Authorization") ? 502 : 407;
            http.Response.Headers["Proxy-Authenticate"] = "Basic realm=\"p\"";
            return Task.CompletedTask;
        });
        var address = new UriBuilder(proxy.Url) { UserName = "user", Password = "p%40ss" };
        var options = new GeminiOptions { ApiKey = "canary", BaseUrl = new Uri("https://service.invalid"), Proxy = address.Uri.ToString() };
        using var http = new GeminiHttp(options, TimeProvider.System);

        GeminiHttpException e = await Assert.ThrowsAsync<GeminiHttpException>(() => http.SendAsync(HttpMethod.Get, "x", default, 100, CancellationToken.None));

        await proxy.NextAsync();
        AgentsLoopbackServer.Request second = await proxy.NextAsync();
        Assert.Equal("CONNECT service.invalid:443", $"{second.Method} {second.Target}");
        Assert.Equal("Basic " + Convert.ToBase64String("user:p@ss"u8), second.Headers["Proxy-Authorization"]);
        Assert.DoesNotContain(second.Headers.Values, value => value.Contains("canary", StringComparison.Ordinal));
        Assert.DoesNotContain("p@ss", e.ToString());
        Assert.DoesNotContain("p%40ss", e.ToString());
    }

    [Fact]
    public async Task A_base_address_may_have_a_path()
    {
        await using AgentsLoopbackServer server = await AgentsLoopbackServer.StartAsync((_, http) => http.Response.WriteAsync("{}"));
        using var http = new GeminiHttp(new GeminiOptions { ApiKey = "k", BaseUrl = new Uri(server.Url, "/gateway/") }, TimeProvider.System);

        await http.SendAsync(HttpMethod.Post, "v1alpha/auth_tokens", "{}"u8.ToArray(), 100, CancellationToken.None);

        Assert.Equal("/gateway/v1alpha/auth_tokens", (await server.NextAsync()).Target);
    }

    private static async Task<GeminiReply> GetAsync(AgentsLoopbackServer server, string caFile)
    {
        using var http = new GeminiHttp(new GeminiOptions { ApiKey = "k", BaseUrl = server.Url, CaFile = caFile }, TimeProvider.System);
        return await http.SendAsync(HttpMethod.Get, "x", default, 100, CancellationToken.None);
    }

    private static X509Certificate2 Authority(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(name, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        return request.CreateSelfSigned(DateTimeOffset.UtcNow.AddYears(-1), DateTimeOffset.UtcNow.AddYears(1));
    }

    private static X509Certificate2 Leaf(X509Certificate2 ca, string address, bool expired = false)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=leaf", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Parse(address));
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1")], false));
        DateTimeOffset until = expired ? DateTimeOffset.UtcNow.AddDays(-1) : DateTimeOffset.UtcNow.AddDays(1);
        using X509Certificate2 bare = request.Create(ca, DateTimeOffset.UtcNow.AddDays(-2), until, RandomNumberGenerator.GetBytes(8));
        using X509Certificate2 whole = bare.CopyWithPrivateKey(key);
        return X509CertificateLoader.LoadPkcs12(whole.Export(X509ContentType.Pfx), null);
    }
}
