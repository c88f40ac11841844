using System.Text;
using System.Text.Json.Nodes;
using Matrixd.Calls;
using Matrixd.Exotel;
using Matrixd.Server;
using Matrixd.Tests.Support;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace Matrixd.Tests.Server;

public sealed class SessionsApiTests
{
    private readonly FakeSessionStore _store = new();
    private readonly FakeAgents _agents = new();
    private readonly SessionsApi _api;

    public SessionsApiTests()
    {
        Credentials credentials = new(new ServerOptions { Listen = [], AdminToken = "t0ken" }, new ExotelOptions(), new ClientAddress([]));
        _api = new SessionsApi(_store, new FakeCallLog(), () => _agents, credentials, new CallsClock());
    }

    [Theory]
    [InlineData("intent", 200)]
    [InlineData("dialing", 200)]
    [InlineData("warm", 200)]
    [InlineData("live", 200)]
    [InlineData("ended", 200)]
    [InlineData("", 200)]
    [InlineData("Live", 400)]
    [InlineData("4", 400)]
    [InlineData("+4", 400)]
    [InlineData("-1", 400)]
    [InlineData("live,ended", 400)]
    [InlineData(" live", 400)]
    public async Task A_state_is_one_of_five_words(string state, int status)
    {
        (int answered, JsonNode? body) = await AskAsync("GET", "", query: $"?state={Uri.EscapeDataString(state)}");
        Assert.Equal(status, answered);
        Assert.Equal(status == 400, body is JsonObject error && error["error"]!.GetValue<string>().Contains("is not one of intent, dialing, warm, live, ended", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_session_that_is_created_can_be_shown()
    {
        (int status, JsonNode? created) = await AskAsync("POST", "", """{"call_sid":"c-1","state":"intent","agent":"reception","objective":"Ask.","to":"0944","variables":{"name":"Asha"}}""");
        Assert.Equal(201, status);
        Assert.Equal(("intent", "outbound", "reception"), (created!["state"]!.GetValue<string>(), created["direction"]!.GetValue<string>(), created["agent"]!.GetValue<string>()));
        (status, JsonNode? shown) = await AskAsync("GET", "/c-1");
        Assert.Equal(200, status);
        Assert.Equal("Ask.", shown!["objective"]!.GetValue<string>());
        Assert.Equal("""{"name":"Asha"}""", (await _store.FindAsync(CallSid.Parse("c-1")))!.Variables);
    }

    [Theory]
    [InlineData("", "the body is not a session object")]
    [InlineData("[]", "the body is not a session object")]
    [InlineData("null", "call_sid: needed")]
    [InlineData("{}", "call_sid: needed")]
    [InlineData("""{"call_sid":"../x"}""", "call_sid: needed")]
    [InlineData("""{"call_sid":"\ud800"}""", "the body is not a session object")]
    [InlineData("""{"call_sid":"c","direction":"up"}""", "direction: inbound or outbound")]
    [InlineData("""{"call_sid":"c","state":"live"}""", "state: intent or dialing")]
    [InlineData("""{"call_sid":"c","variables":{"a":1}}""", "the body is not a session object")]
    public async Task What_is_wrong_is_said(string body, string error)
    {
        (int status, JsonNode? answer) = await AskAsync("POST", "", body);
        Assert.Equal(400, status);
        Assert.StartsWith(error, answer!["error"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Empty(await _store.ListAsync(new SessionFilter()));
    }

    [Fact]
    public async Task Fields_are_bounded()
    {
        Assert.Equal(400, (await AskAsync("POST", "", $$"""{"call_sid":"c","objective":"{{new string('x', 8193)}}"}""")).Status);
        Assert.Equal(400, (await AskAsync("POST", "", $$"""{"call_sid":"c","contact":"{{new string('x', 129)}}"}""")).Status);
        Assert.Equal(400, (await AskAsync("POST", "", $$"""{"call_sid":"{{new string('x', 65)}}"}""")).Status);
    }

    [Fact]
    public async Task An_agent_that_is_not_there_is_said_so()
    {
        _agents.Name = null;
        (int status, JsonNode? answer) = await AskAsync("POST", "", """{"call_sid":"c","agent":"no\u001bbody"}""");
        Assert.Equal(400, status);
        Assert.Equal("agent: there is no agent 'no·body' in the configuration", answer!["error"]!.GetValue<string>());
    }

    [Theory]
    [InlineData("GET", "/nobody", 404)]
    [InlineData("GET", "/", 404)]
    [InlineData("GET", "/..%2f", 404)]
    [InlineData("DELETE", "", 405)]
    [InlineData("POST", "/c-1", 405)]
    [InlineData("PUT", "/c-1", 405)]
    public async Task What_is_not_there_is_not(string method, string path, int status) => Assert.Equal(status, (await AskAsync(method, path)).Status);

    [Fact]
    public async Task Nobody_but_an_operator_is_told_anything()
    {
        foreach (string method in (string[])["GET", "POST", "DELETE"])
        {
            Assert.Equal(401, (await AskAsync(method, "", "{}", token: "wrong")).Status);
        }
    }

    private async Task<(int Status, JsonNode? Body)> AskAsync(string method, string path, string body = "", string query = "", string token = "t0ken")
    {
        DefaultHttpContext context = ClientAddressTests.Context("127.0.0.1");
        using MemoryStream answer = new();
        context.Request.Method = method;
        context.Request.QueryString = new QueryString(query);
        context.Request.Headers.Authorization = $"Bearer {token}";
        context.Request.Body = new MemoryStream(Encoding.UTF8.GetBytes(body));
        context.Response.Body = answer;
        await _api.HandleAsync(context, SessionsApi.Path + path);
        bool isJson = context.Response.ContentType == "application/json";
        return (context.Response.StatusCode, isJson ? JsonNode.Parse(answer.ToArray()) : null);
    }
}
