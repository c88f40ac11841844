using Matrixd.Agents;
using Matrixd.Calls;
using Matrixd.Tests.Support;
using Xunit;

namespace Matrixd.Tests.Agents;

// S11, U19
public sealed class ToolRequestTests
{
    [Theory]
    [InlineData("POST")]
    [InlineData("put")]
    [InlineData("PATCH")]
    [InlineData("DELETE")]
    public async Task Arguments_go_as_a_JSON_body(string method)
    {
        await using AgentsToolRig rig = await AgentsToolRig.StartAsync("application/json", "{}");

        await rig.RunAsync(rig.Tool() with { Method = method, Headers = [new("Authorization", "Bearer x"), new("Content-Type", "application/json; v=2")] });

        AgentsLoopbackServer.Request request = await rig.Server.NextAsync();
        Assert.Equal($"{method.ToUpperInvariant()} /tool", $"{request.Method} {request.Target}");
        Assert.Equal("""{"order_id":"A-1"}""", request.Body);
        Assert.Equal("application/json; v=2", request.Headers["Content-Type"]);
        Assert.Equal("Bearer x", request.Headers["Authorization"]);
    }

    [Fact]
    public async Task The_call_is_named_by_us()
    {
        await using AgentsToolRig rig = await AgentsToolRig.StartAsync("application/json", "{}");

        await rig.RunAsync(rig.Tool(), id: "function-call-58");
        await rig.RunAsync(rig.Tool(), id: "evil\r\nX-Matrixd-Call: other");

        AgentsLoopbackServer.Request first = await rig.Server.NextAsync();
        AgentsLoopbackServer.Request second = await rig.Server.NextAsync();
        Assert.Equal(AgentsToolRig.CallSidText, first.Headers["X-Matrixd-Call"]);
        Assert.Equal("function-call-58", first.Headers["X-Matrixd-Tool-Call"]);
        Assert.Equal(AgentsToolRig.CallSidText, second.Headers["X-Matrixd-Call"]);
        Assert.False(second.Headers.ContainsKey("X-Matrixd-Tool-Call"));
    }

    [Theory]
    [InlineData("/tool", """{"order_id":"A 1&b=2#c/ä"}""", "/tool?order_id=A%201%26b%3D2%23c%2F%C3%A4")]
    [InlineData("/tool?key=k", """{"n":1.50,"on":true,"none":null,"o":{"a":1}}""", "/tool?key=k&n=1.50&on=true&o=%7B%22a%22%3A1%7D")]
    [InlineData("/tool", """{"l":["a","b c",1],"e":""}""", "/tool?l=a&l=b%20c&l=1&e=")]
    [InlineData("/tool#part", "{}", "/tool")]
    public async Task Arguments_of_a_GET_go_into_the_query(string target, string arguments, string asked)
    {
        await using AgentsToolRig rig = await AgentsToolRig.StartAsync("application/json", "{}");

        await rig.RunAsync(rig.Tool(target: target) with { Method = "GET" }, arguments);

        AgentsLoopbackServer.Request request = await rig.Server.NextAsync();
        Assert.Equal($"GET {asked}", $"{request.Method} {request.Target}");
        Assert.Equal("", request.Body);
    }

    [Fact]
    public async Task A_tool_that_declares_no_arguments_is_sent_none()
    {
        await using AgentsToolRig rig = await AgentsToolRig.StartAsync("application/json", "{}");

        await rig.RunAsync(rig.Tool() with { Parameters = "" }, """{"transfer_to":"+1900"}""");

        Assert.Equal("{}", (await rig.Server.NextAsync()).Body);
    }

    [Theory]
    [InlineData("""{"order_id":7}""", "order_id must be string, is the number 7")]
    [InlineData("""{"order_id":"a","order_id":"b"}""", "order_id stands there twice")]
    [InlineData("[]", "the arguments must be an object, are a list")]
    [InlineData("{", "not valid JSON")]
    [InlineData("""{"order_id":"\ud800"}""", "not valid JSON")]
    [InlineData("""{"order_id":NaN}""", "not valid JSON")]
    public async Task Arguments_that_do_not_fit_are_not_sent(string arguments, string error)
    {
        await using AgentsToolRig rig = await AgentsToolRig.StartAsync("application/json", "{}");

        ToolResult result = await rig.RunAsync(rig.Tool(), arguments);

        Assert.Equal("bad_arguments", result.Outcome);
        Assert.Contains(error, result.Response.Replace("\\u0022", "\"", StringComparison.Ordinal));
        Assert.StartsWith("{\"error\":\"The arguments", result.Response);
        Assert.Equal(0, rig.Server.Count);
    }

    [Fact]
    public async Task Arguments_beyond_their_bounds_are_not_read()
    {
        await using AgentsToolRig rig = await AgentsToolRig.StartAsync("application/json", "{}");
        ToolOptions tool = rig.Tool();

        ToolResult large = await rig.RunAsync(tool, $$"""{"order_id":"{{new string('x', ToolDispatcher.MaxArgumentBytes)}}"}""");
        ToolResult deep = await rig.RunAsync(tool, $"{{\"a\":{new string('[', 100_000 / 2)}");
        ToolResult longQuery = await rig.RunAsync(tool with { Method = "GET" }, $$"""{"order_id":"{{new string('x', 9000)}}"}""");

        Assert.Equal(["bad_arguments", "bad_arguments", "bad_arguments"], [large.Outcome, deep.Outcome, longQuery.Outcome]);
        Assert.Contains("larger than 65536 bytes", large.Response);
        Assert.Contains("too long for a query", longQuery.Response);
        Assert.Equal(0, rig.Server.Count);
    }

    [Fact]
    public async Task A_tool_that_the_agent_does_not_have_is_refused_with_the_names_it_has()
    {
        await using AgentsToolRig rig = await AgentsToolRig.StartAsync("application/json", "{}");

        ToolResult result = await AgentsToolRig.Start(rig.Runner(rig.Tool("lookup"), rig.Tool("book")), "transfer_call");
        ToolResult none = await AgentsToolRig.Start(rig.Runner(), "lookup");

        Assert.Equal(new ToolResult("unknown_tool", """{"error":"There is no tool named 'transfer_call'. The tools are: lookup, book."}"""), result);
        Assert.Equal(new ToolResult("unknown_tool", """{"error":"There is no tool named 'lookup'. There are no tools."}"""), none);
        Assert.Equal(0, rig.Server.Count);
    }

    [Theory]
    [InlineData("X-Matrixd-Call", "other")]
    [InlineData("Transfer-Encoding", "chunked")]
    [InlineData("X-Key", "canary\r\nX-Evil: 1")]
    [InlineData("bad name", "canary")]
    public async Task A_header_that_cannot_be_sent_is_refused_when_it_is_configured(string name, string value)
    {
        await using AgentsToolRig rig = await AgentsToolRig.StartAsync("application/json", "{}");

        FormatException e = Assert.Throws<FormatException>(() => new HttpTool(rig.Tool() with { Headers = [new(name, value)] }));

        Assert.Contains($"header '{name}'", e.Message);
        Assert.DoesNotContain("canary", e.ToString());
    }

    [Theory]
    [InlineData("ftp://x/", "POST", "url is not")]
    [InlineData("http://user:canary@x/", "POST", "url holds a user name")]
    [InlineData("http://x/", "FETCH", "method 'FETCH'")]
    public void A_tool_that_cannot_be_called_is_refused_when_it_is_configured(string url, string method, string error)
    {
        FormatException e = Assert.Throws<FormatException>(() => new HttpTool(new ToolOptions { Name = "t", Description = "", Url = new Uri(url), Method = method }));

        Assert.StartsWith(error, e.Message);
        Assert.DoesNotContain("canary", e.ToString());
    }
}
