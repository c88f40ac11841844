using System.Text.Json;
using Matrixd.Models;
using Matrixd.Simulation;
using Matrixd.Tests.Support;
using Matrixd.Timing;
using Xunit;

namespace Matrixd.Tests.Simulation;

/// <summary>Tokens and models over HTTP. U16.</summary>
public sealed class GeminiRestTests
{
    [Theory]
    [InlineData("/v1alpha/auth_tokens")]
    [InlineData("//v1alpha/auth_tokens")]
    [InlineData("/v1beta/auth_tokens")]
    [InlineData("/v1/auth_tokens")]
    public async Task A_token_is_minted_with_its_defaults(string target)
    {
        VirtualTime clock = new();
        await using GeminiSimulator simulator = await GeminiSimulator.StartAsync(new GeminiSimulatorOptions { Wheel = new TimerWheel(clock) });
        (int status, JsonElement json, _) = await SimulationGeminiClient.RestAsync(simulator, HttpMethod.Post, target, "{}");
        GeminiToken token = Assert.Single(simulator.Tokens.Minted);
        Assert.Equal((200, token.Name), (status, json.GetProperty("name").GetString()));
        Assert.Equal((1, TimeSpan.FromMinutes(30), TimeSpan.FromSeconds(60)), (token.Uses, token.ExpireTime - clock.GetUtcNow(), token.NewSessionExpireTime - clock.GetUtcNow()));
        Assert.Equal(("POST", target, "some-key"), (simulator.Requests[0].Method, simulator.Requests[0].Target, simulator.Requests[0].Headers["X-Goog-Api-Key"]));
    }

    [Theory]
    [InlineData("""{"uses":10000,"expireTime":"2026-11-22T10:00:00Z","newSessionExpireTime":"2026-11-22T09:50:00Z"}""", null)]
    [InlineData("""{"uses":0}""", null)]
    [InlineData("""{"expireTime":"2026-11-23T04:59:59Z"}""", null)]
    [InlineData("""{"expireTime":"2026-11-23T05:00:00Z"}""", "expireTime must be in the future and less than 20 hours ahead.")]
    [InlineData("""{"newSessionExpireTime":"2026-11-22T08:59:59Z"}""", "newSessionExpireTime must be in the future and less than 20 hours ahead.")]
    [InlineData("""{"expireTime":"soon"}""", """Invalid value at 'auth_token.expireTime' (type.googleapis.com/google.protobuf.Timestamp), "soon" """)]
    [InlineData("""{"uses":-1}""", "Invalid value at 'auth_token.uses' (TYPE_INT32), -1")]
    [InlineData("""{"uses":1,"config":{}}""", """Invalid JSON payload received. Unknown name "config": Cannot find field.""")]
    [InlineData("""{"bidiGenerateContentSetup":{"modle":"x"}}""", """Invalid JSON payload received. Unknown name "modle" at 'bidi_generate_content_setup': Cannot find field.""")]
    [InlineData("[]", "Invalid JSON payload received. Root element must be a message.")]
    [InlineData("{", "Invalid JSON payload received.")]
    public async Task The_rules_of_a_token_are_kept(string body, string? error)
    {
        await using GeminiSimulator simulator = await GeminiSimulator.StartAsync(new GeminiSimulatorOptions { Wheel = new TimerWheel(new VirtualTime()) });
        (int status, JsonElement json, _) = await SimulationGeminiClient.RestAsync(simulator, HttpMethod.Post, "/v1alpha/auth_tokens", body);
        if (error is null)
        {
            Assert.Equal(200, status);
            return;
        }

        JsonElement problem = json.GetProperty("error");
        Assert.Equal((400, 400, "INVALID_ARGUMENT", error.TrimEnd()),
            (status, problem.GetProperty("code").GetInt32(), problem.GetProperty("status").GetString(), problem.GetProperty("message").GetString()));
        Assert.Empty(simulator.Tokens.Minted);
    }

    [Fact]
    public async Task A_wrong_key_and_none_are_told_apart()
    {
        await using GeminiSimulator simulator = await GeminiSimulator.StartAsync(new GeminiSimulatorOptions { ApiKey = "good" });
        (int status, JsonElement json, _) = await SimulationGeminiClient.RestAsync(simulator, HttpMethod.Post, "/v1alpha/auth_tokens", "{}", "bad");
        Assert.Equal((400, "API key not valid. Please pass a valid API key."), (status, json.GetProperty("error").GetProperty("message").GetString()));
        Assert.Equal("API_KEY_INVALID", json.GetProperty("error").GetProperty("details")[0].GetProperty("reason").GetString());
        (status, json, _) = await SimulationGeminiClient.RestAsync(simulator, HttpMethod.Post, "/v1alpha/auth_tokens", "{}", key: null);
        Assert.Equal((403, "PERMISSION_DENIED"), (status, json.GetProperty("error").GetProperty("status").GetString()));
        (status, _, _) = await SimulationGeminiClient.RestAsync(simulator, HttpMethod.Get, "/v1beta/models?key=good", key: null);
        Assert.Equal(200, status);
    }

    [Fact]
    public async Task Models_come_in_pages()
    {
        await using GeminiSimulator simulator = await GeminiSimulator.StartAsync(new GeminiSimulatorOptions());
        List<string> live = [];
        string page = "";
        int pages = 0;
        do
        {
            (int status, JsonElement json, _) = await SimulationGeminiClient.RestAsync(simulator, HttpMethod.Get, "/v1beta/models?pageSize=4" + page);
            Assert.Equal(200, status);
            pages++;
            live.AddRange(json.GetProperty("models").EnumerateArray()
                .Where(m => m.GetProperty("supportedGenerationMethods").EnumerateArray().Any(x => x.GetString() == "bidiGenerateContent"))
                .Select(m => m.GetProperty("name").GetString()!));
            page = json.TryGetProperty("nextPageToken", out JsonElement next) ? "&pageToken=" + next.GetString() : "";
        }
        while (page.Length > 0);

        Assert.Equal(2, pages);
        Assert.Equal(ModelQuirks.NamesInService.Select(name => "models/" + name), live);
        (int one, JsonElement model, _) = await SimulationGeminiClient.RestAsync(simulator, HttpMethod.Get, "/v1/models/gemini-3.8-live");
        Assert.Equal((200, "models/gemini-3.8-live"), (one, model.GetProperty("name").GetString()));
        (int none, _, _) = await SimulationGeminiClient.RestAsync(simulator, HttpMethod.Get, "/v1/models/gemini-9");
        Assert.Equal(404, none);
    }

    [Fact]
    public async Task A_mint_can_be_refused_as_often_as_asked()
    {
        await using GeminiSimulator simulator = await GeminiSimulator.StartAsync(new GeminiSimulatorOptions { Faults = [FaultSpec.Parse("status=429,7@mint*2")] });
        for (int i = 0; i < 2; i++)
        {
            (int status, JsonElement json, HttpResponseMessage response) = await SimulationGeminiClient.RestAsync(simulator, HttpMethod.Post, "/v1alpha/auth_tokens", "{}");
            Assert.Equal((429, "RESOURCE_EXHAUSTED"), (status, json.GetProperty("error").GetProperty("status").GetString()));
            Assert.Equal(TimeSpan.FromSeconds(7), response.Headers.RetryAfter!.Delta);
        }

        await SimulationGeminiClient.MintAsync(simulator);
    }
}
