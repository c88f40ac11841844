using System.Security.Cryptography.X509Certificates;
using Matrixd.Config;
using Matrixd.Exotel;
using Matrixd.Gemini;
using Matrixd.Simulation;
using Matrixd.Tests.Support;
using Xunit;

namespace Matrixd.Tests.Diagnostics;

/// <summary>All that leaves for Gemini and for Exotel's API goes through an HTTP proxy where there is one.</summary>
public sealed class DoctorProxyTests
{
    [Fact]
    public async Task Every_request_goes_through_a_tunnel_and_the_proxys_password_is_shown_nowhere()
    {
        using TransportCertificates certificates = new();
        using X509Certificate2 certificate = certificates.Localhost();
        await using DoctorConnectProxy proxy = new("user", DoctorRig.ProxyPassword);
        await using DoctorRig rig = await DoctorRig.BuildAsync(exotelCertificate: certificate);
        File.AppendAllText(Path.Combine(rig.Folder, "ca.pem"), File.ReadAllText(certificates.CaFile));
        rig.Set("gemini", "proxy", $"\"http://user:{DoctorRig.ProxyPassword}@127.0.0.1:{proxy.Port}\"");

        DoctorReading reading = await rig.RunAsync();

        Assert.Empty(reading.With("broken"));
        Assert.Equal($"127.0.0.1:{proxy.Port} for Gemini and Exotel's API, from [gemini] proxy, with credentials", reading.Text("proxy"));
        Assert.Contains($"through the proxy 127.0.0.1:{proxy.Port}", reading.Text("TLS to Gemini"));
        int gemini = new Uri(rig.Gemini.BaseUrl).Port;
        Assert.Equal(3, proxy.Tunnels.Count(to => to.EndsWith($":{gemini}", StringComparison.Ordinal))); // TLS alone, REST over one connection, the socket
        Assert.Equal(1, proxy.Tunnels.Count(to => to.EndsWith($":{rig.Exotel.Url.Port}", StringComparison.Ordinal)));
        Assert.Equal(4, proxy.Tunnels.Count);
    }

    [Fact]
    public async Task A_proxy_that_does_not_take_the_password_is_told_as_that()
    {
        await using DoctorConnectProxy proxy = new("user", "another");
        await using DoctorRig rig = await DoctorRig.BuildAsync();
        rig.Keys["exotel"].Remove("api_key_file");
        rig.Keys["exotel"].Remove("api_token_file");
        rig.Set("gemini", "proxy", $"\"http://user:{DoctorRig.ProxyPassword}@127.0.0.1:{proxy.Port}\"");

        DoctorReading reading = await rig.RunAsync();

        Assert.Equal(["TLS to Gemini"], reading.With("broken"));
        Assert.Contains("407 Proxy Authentication Required", reading.Text("TLS to Gemini"));
        Assert.Contains("[gemini] proxy or HTTPS_PROXY, its credentials", reading.Fix("TLS to Gemini"));
        Assert.Empty(proxy.Tunnels);
    }

    [Fact]
    public async Task A_proxy_that_is_not_there_is_told_as_that()
    {
        await using DoctorRig rig = await DoctorRig.BuildAsync();
        rig.Set("gemini", "proxy", "\"http://127.0.0.1:1\"");

        DoctorReading reading = await rig.RunAsync();

        Assert.Equal(["proxy", "TLS to Gemini", "Exotel API"], reading.With("broken"));
        Assert.Contains("it cannot be reached (ConnectionRefused)", reading.Text("proxy"));
    }

    // What the daemon itself uses, not the doctor alone: the socket, the mint, the list, and Exotel.
    [Fact]
    public async Task A_call_the_mint_and_the_list_go_through_the_proxy_too()
    {
        await using DoctorConnectProxy proxy = new("user", DoctorRig.ProxyPassword);
        await using House house = await House.BuildAsync(
            House.Scripted with { Tls = true },
            config => config with { Gemini = config.Gemini with { Proxy = $"http://user:{DoctorRig.ProxyPassword}@127.0.0.1:{proxy.Port}" } });
        EndToEndLine line = await house.LineAsync("proxied");
        await house.ReadyAsync();
        line.HangUp();
        await house.EndedAsync("proxied");

        int port = new Uri(house.Gemini.BaseUrl).Port;
        Assert.True(proxy.Tunnels.Count >= 2, string.Join(' ', proxy.Tunnels)); // REST, and the call's own
        Assert.All(proxy.Tunnels, to => Assert.EndsWith($":{port}", to, StringComparison.Ordinal));
        Assert.DoesNotContain(DoctorRig.ProxyPassword, string.Join('\n', house.LogLines), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "http://10.0.0.5:3128", "http://10.0.0.5:3128")]
    [InlineData("api.in.exotel.com", "http://10.0.0.5:3128", "")]
    [InlineData(".googleapis.com", "", "http://10.0.0.5:3128")]
    [InlineData("*", "", "")]
    public void Each_service_is_excepted_by_its_own_name(string noProxy, string gemini, string exotel)
    {
        ConfigTestEnvironment environment = new ConfigTestEnvironment().Set("HTTPS_PROXY", "http://10.0.0.5:3128").Set("NO_PROXY", noProxy);
        LoadedConfig loaded = environment.Load(ConfigSamples.Least);

        Assert.Equal((gemini, exotel), (loaded.Config.Gemini.Proxy, loaded.Config.Exotel.Proxy));
        Assert.Equal("$HTTPS_PROXY", loaded.ProxyOrigin);
    }

    [Fact]
    public async Task Neither_client_shows_the_password_when_the_proxy_is_gone()
    {
        string proxy = $"http://user:{DoctorRig.ProxyPassword}@127.0.0.1:1";
        using GeminiHttp gemini = new(new GeminiOptions { ApiKey = "k", Proxy = proxy }, TimeProvider.System);
        using ExotelRest exotel = new(new ExotelOptions { AccountSid = "a", ApiKey = "k", ApiToken = "t", Proxy = proxy }, TimeProvider.System);

        GeminiHttpException one = await Assert.ThrowsAsync<GeminiHttpException>(() => gemini.SendAsync(HttpMethod.Get, "v1beta/models", default, 100, CancellationToken.None));
        ExotelRestException two = await Assert.ThrowsAsync<ExotelRestException>(() => exotel.ActiveStreamsAsync(CancellationToken.None));

        Assert.DoesNotContain(DoctorRig.ProxyPassword, one.ToString() + two, StringComparison.Ordinal);
    }
}
