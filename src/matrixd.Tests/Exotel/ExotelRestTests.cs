using Matrixd.Exotel;
using Matrixd.Tests.Support;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace Matrixd.Tests.Exotel;

public sealed class ExotelRestTests
{
    [Theory]
    [InlineData("""{"status":"success","active_streams":12,"max_allowed_streams":100,"account_sid":"x"}""", 12, 100)]
    [InlineData("""{"active_streams": "3", "max_streams": "20"}""", 3, 20)]
    [InlineData("""{"active_streams":0}""", 0, null)]
    [InlineData("""<Response><ActiveStreams>7</ActiveStreams><MaxAllowedStreams>50</MaxAllowedStreams></Response>""", 7, 50)]
    [InlineData("""<?xml version="1.0"?><R><active_streams>1</active_streams><max_concurrent_streams>5</max_concurrent_streams></R>""", 1, 5)]
    public void Streams_are_read_from_either_form(string body, int active, int? most) => Assert.Equal(new ActiveStreams(active, most), ActiveStreams.Read(body));

    [Theory]
    [InlineData("")]
    [InlineData("<html>busy</html>")]
    [InlineData("{}")]
    [InlineData("""{"active_streams":"many"}""")]
    [InlineData("""{"active_streams":99999999999999}""")]
    public void What_tells_no_number_is_none(string body) => Assert.Null(ActiveStreams.Read(body));

    [Theory]
    [InlineData("in", "", "https://api.in.exotel.com/")]
    [InlineData("sg", "", "https://api.exotel.com/")]
    [InlineData("sg", "http://127.0.0.1:9000/x", "http://127.0.0.1:9000/x")]
    public void The_region_gives_the_address(string region, string baseUrl, string address) =>
        Assert.Equal(address, new ExotelOptions { Region = region, BaseUrl = baseUrl }.RestBase.ToString());

    [Fact]
    public async Task The_credential_goes_in_a_header_and_the_account_in_TitleCase()
    {
        await using AgentsLoopbackServer server = await AgentsLoopbackServer.StartAsync((_, http) => http.Response.WriteAsync("""{"active_streams":1}"""));
        using ExotelRest rest = Rest(server);

        await rest.ActiveStreamsAsync(CancellationToken.None);

        AgentsLoopbackServer.Request request = await server.NextAsync();
        Assert.Equal("GET /v1/Accounts/acme1/ActiveStreams", $"{request.Method} {request.Target}");
        Assert.Equal("Basic " + Convert.ToBase64String("exo-key:exo-token"u8), request.Headers["Authorization"]);
    }

    [Fact]
    public async Task A_redirect_does_not_take_the_credential_elsewhere()
    {
        await using AgentsLoopbackServer elsewhere = await AgentsLoopbackServer.StartAsync((_, http) => http.Response.WriteAsync("{}"));
        await using AgentsLoopbackServer server = await AgentsLoopbackServer.StartAsync((_, http) =>
        {
            http.Response.Redirect(elsewhere.Url.ToString());
            return Task.CompletedTask;
        });
        using ExotelRest rest = Rest(server);

        ExotelRestException e = await Assert.ThrowsAsync<ExotelRestException>(() => rest.ActiveStreamsAsync(CancellationToken.None));

        Assert.Equal(302, e.Status);
        Assert.Equal(0, elsewhere.Count);
    }

    [Fact]
    public async Task An_endless_answer_is_not_read_to_its_end()
    {
        await using AgentsLoopbackServer server = await AgentsLoopbackServer.StartAsync(async (_, http) =>
        {
            byte[] page = new byte[64 * 1024];
            for (int i = 0; i < 64 && !http.RequestAborted.IsCancellationRequested; i++)
            {
                await http.Response.Body.WriteAsync(page);
            }
        });
        using ExotelRest rest = Rest(server);

        ExotelRestException e = await Assert.ThrowsAsync<ExotelRestException>(() => rest.ActiveStreamsAsync(CancellationToken.None));

        Assert.Contains("larger than 65536 bytes", e.Message);
    }

    [Fact]
    public async Task Words_of_a_refusal_are_made_fit_for_a_terminal_and_hold_no_secret()
    {
        await using AgentsLoopbackServer server = await AgentsLoopbackServer.StartAsync((_, http) =>
        {
            http.Response.StatusCode = 403;
            return http.Response.WriteAsync("{\"RestException\":{\"Message\":\"no\\u001b[31m entry\"}}");
        });
        using ExotelRest rest = Rest(server);

        ExotelRestException e = await Assert.ThrowsAsync<ExotelRestException>(() => rest.ActiveStreamsAsync(CancellationToken.None));

        Assert.Equal($"{server.Url.Authority} answered HTTP 403: no\\u001b[31m entry", e.Message);
        Assert.DoesNotContain("exo-token", e.ToString(), StringComparison.Ordinal);
    }

    private static ExotelRest Rest(AgentsLoopbackServer server) =>
        new(new ExotelOptions { AccountSid = "acme1", ApiKey = "exo-key", ApiToken = "exo-token", BaseUrl = server.Url.ToString() }, TimeProvider.System);
}
