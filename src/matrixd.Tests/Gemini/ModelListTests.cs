using Matrixd.Gemini;
using Matrixd.Tests.Support;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace Matrixd.Tests.Gemini;

public sealed class ModelListTests
{
    private const string PageOne =
        """
        {"models":[
          {"name":"models/gemini-3.1-flash-live-preview","supportedGenerationMethods":["bidiGenerateContent","countTokens"]},
          {"name":"models/gemini-3.1-pro","supportedGenerationMethods":["generateContent"]},
          {"name":"models/embedding-001"}
        ],"nextPageToken":"p&2"}
        """;

    private const string PageTwo =
        """
        {"models":[
          {"name":"models/gemini-3.8-live","supportedGenerationMethods":["bidiGenerateContent"]},
          {"name":"models/gemini-3.8-live-extended-thinking","supportedGenerationMethods":["bidiGenerateContent"]},
          {"name":"models/gemini-2.5-flash-native-audio-preview-12-2025","supportedGenerationMethods":["bidiGenerateContent"]}
        ]}
        """;

    private readonly AgentsLog<ModelList> _log = new();

    [Theory]
    [InlineData("gemini-3.1-flash-live-preview")]
    [InlineData("models/gemini-3.8-live")] // on the second page
    public async Task A_listed_live_model_is_found(string model)
    {
        ModelCheck check = await CheckAsync(model);

        Assert.Equal(ModelPresence.Found, check.Presence);
        Assert.DoesNotContain("Warning", _log.All);
    }

    [Theory]
    [InlineData("gemini-3.1-flash-live", "gemini-3.1-flash-live-preview")]
    [InlineData("gemini-3.1-flash-live-perview", "gemini-3.1-flash-live-preview")]
    [InlineData("gemini-3.8-Live-extended-thinkin", "gemini-3.8-live-extended-thinking")]
    [InlineData("gemini-2.5-flash-native-audio", "gemini-2.5-flash-native-audio-preview-12-2025")]
    public async Task A_missing_model_is_warned_of_with_the_nearest_names(string model, string nearest)
    {
        ModelCheck check = await CheckAsync(model);

        Assert.Equal(ModelPresence.Missing, check.Presence);
        Assert.Equal(nearest, check.Nearest[0]);
        Assert.Equal(3, check.Nearest.Count);
        Assert.Contains($"Warning 1260 model {model} is not on the list of live models. An unknown model gives silence and a bare close, not an error. Nearest: {nearest}", _log.All);
    }

    [Fact]
    public async Task A_model_that_cannot_be_talked_to_is_told_apart()
    {
        ModelCheck check = await CheckAsync("gemini-3.1-pro");

        Assert.Equal(ModelPresence.NotLive, check.Presence);
        Assert.Contains("Warning 1260", _log.All);
    }

    [Fact]
    public async Task The_list_is_asked_for_page_by_page_with_the_key_in_a_header()
    {
        await using AgentsLoopbackServer server = await StartAsync();

        await CheckAsync("gemini-3.8-live", server);

        AgentsLoopbackServer.Request first = await server.NextAsync();
        AgentsLoopbackServer.Request second = await server.NextAsync();
        Assert.Equal("GET /v1beta/models?pageSize=1000", $"{first.Method} {first.Target}");
        Assert.Equal("GET /v1beta/models?pageSize=1000&pageToken=p%262", $"{second.Method} {second.Target}");
        Assert.Equal(GeminiMintServer.Key, second.Headers["x-goog-api-key"]);
    }

    [Theory]
    [InlineData(403, """{"error":{"code":403,"message":"denied for AIzaCANARY-key-0123456789"}}""", "HTTP 403: denied for [secret]")]
    [InlineData(200, "<html>", "no list of models")]
    [InlineData(200, """{"models":7}""", "no list of models")]
    [InlineData(200, "{}", "names no live model")]
    [InlineData(200, """{"models":[{"name":"models/gemini-3.1-pro","supportedGenerationMethods":["generateContent"]}]}""", "names no live model")]
    public async Task A_list_that_cannot_be_used_proves_nothing(int status, string body, string detail)
    {
        await using AgentsLoopbackServer server = await AgentsLoopbackServer.StartAsync((_, http) =>
        {
            http.Response.StatusCode = status;
            return http.Response.WriteAsync(body);
        });

        ModelCheck check = await CheckAsync("gemini-3.8-live", server);

        Assert.Equal(ModelPresence.Unavailable, check.Presence);
        Assert.Contains(detail, check.Detail);
        Assert.DoesNotContain("Warning", _log.All);
        Assert.DoesNotContain(GeminiMintServer.Key, _log.All);
    }

    [Fact]
    public async Task Pages_without_end_are_given_up()
    {
        await using AgentsLoopbackServer server = await AgentsLoopbackServer.StartAsync((_, http) => http.Response.WriteAsync("""{"models":[],"nextPageToken":"again"}"""));

        await CheckAsync("gemini-3.8-live", server);

        Assert.Equal(ModelList.MaxPages, server.Count);
    }

    [Fact]
    public async Task A_name_that_this_version_does_not_know_is_said_to_be_guessed()
    {
        await CheckAsync("gemini-4-live");

        Assert.Contains("Warning 1262 model gemini-4-live is newer", _log.All);
    }

    private static Task<AgentsLoopbackServer> StartAsync() => AgentsLoopbackServer.StartAsync((request, http) =>
        http.Response.WriteAsync(request.Target.Contains("pageToken", StringComparison.Ordinal) ? PageTwo : PageOne));

    private async Task<ModelCheck> CheckAsync(string model)
    {
        await using AgentsLoopbackServer server = await StartAsync();
        return await CheckAsync(model, server);
    }

    private async Task<ModelCheck> CheckAsync(string model, AgentsLoopbackServer server)
    {
        var options = new GeminiOptions { ApiKey = GeminiMintServer.Key, BaseUrl = server.Url };
        using var http = new GeminiHttp(options, TimeProvider.System);
        return await new ModelList(http, options, _log).CheckAsync(model, CancellationToken.None);
    }
}
