using Matrixd.Agents;
using Matrixd.Calls;
using Matrixd.Gemini;
using Matrixd.Tests.Support;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace Matrixd.Tests.Gemini;

// S13, U11
public sealed class SecretsTests
{
    private const string Token = "auth_tokens/CANARY-token-0123456789";
    private static readonly string[] s_canaries = [GeminiMintServer.Key, "CANARY-token", "CANARY-header", "CANARY-query", "CANARY-argument", "9812345678"];

    [Fact]
    public async Task No_way_for_a_mint_to_fail_tells_the_key_or_a_token()
    {
        var seen = new List<string>();
        foreach (Action<GeminiMintServer> fault in Faults())
        {
            await using GeminiTokenRig rig = await GeminiTokenRig.StartAsync();
            fault(rig.Server);
            seen.Add((await Record.ExceptionAsync(() => rig.Tokens.MintBrowserAsync(CancellationToken.None)))!.ToString());
            fault(rig.Server);
            rig.Run();
            await rig.AsleepAsync();
            seen.Add(rig.Log.All);
            seen.Add(rig.Tokens.State.ToString());
        }

        AssertClean(seen);
    }

    [Fact]
    public async Task No_use_of_a_token_tells_it()
    {
        await using GeminiTokenRig rig = await GeminiTokenRig.StartAsync(time => new StoredToken(
            Token, "shared", 10, time.GetUtcNow(), time.GetUtcNow().AddHours(2), time.GetUtcNow().AddHours(3)));
        StoredToken token = await rig.TakeAsync();
        rig.Tokens.Invalidate(token, $"key {GeminiMintServer.Key} with {Token} refused");
        rig.Server.Then(200, $"{{\"name\":\"{Token}-2\"}}");
        rig.Shelf.Failure = new IOException("disk full");
        StoredToken second = await rig.TakeAsync();

        Assert.Equal(Token + "-2", second.Value);
        AssertClean(
        [
            rig.Log.All, rig.Tokens.State.ToString(), token.ToString(), second.ToString(), rig.Server.Options().ToString(),
            CloseCause.Classify(1007, $"token {Token} and key {GeminiMintServer.Key}", CloseStage.MidCall, GeminiMintServer.Key).Describe(),
        ]);
        Assert.Contains("Warning 1253", rig.Log.All);
    }

    [Fact]
    public async Task No_way_for_a_tool_to_fail_tells_its_headers_or_what_was_asked()
    {
        Func<HttpContext, Task>[] faults =
        [
            http => { http.Response.StatusCode = 500; return Task.CompletedTask; },
            http => { http.Abort(); return Task.CompletedTask; },
            http => { http.Response.ContentType = "application/json"; return http.Response.WriteAsync("{"); },
            http => http.Response.WriteAsync("fine"),
        ];
        var seen = new List<string>();
        foreach (Func<HttpContext, Task> fault in faults)
        {
            await using AgentsToolRig rig = await AgentsToolRig.StartAsync(fault);
            ToolOptions tool = rig.Tool(target: "/tool?key=CANARY-query") with { Method = "GET", Headers = [new("Authorization", "CANARY-header")] };
            const string Arguments = """{"order_id":"CANARY-argument +919812345678"}""";
            seen.Add((await rig.RunAsync(tool, Arguments)).Response);
            seen.Add((await rig.RunAsync(tool, Arguments.Replace("\"order_id\":", "\"order_id\":1,\"x\":", StringComparison.Ordinal))).Outcome);
            seen.Add(tool.ToString());
            await rig.Server.DisposeAsync();
            seen.Add((await rig.RunAsync(tool, Arguments)).Response);
            seen.Add(rig.Log.All);
        }

        AssertClean(seen);
    }

    private static IEnumerable<Action<GeminiMintServer>> Faults()
    {
        string echo = $"{{\"error\":{{\"code\":400,\"message\":\"bad key {GeminiMintServer.Key} or token {Token}\"}}}}";
        foreach (int status in new[] { 302, 400, 401, 403, 429, 500, 503 })
        {
            yield return server => server.Then(status, echo);
        }

        yield return server => server.Then(200, echo);
        yield return server => server.Then(200, $"{{\"name\":\"{Token}\"");
        yield return server => server.Then(200, $"{{\"name\":\"{Token} \"}}");
        yield return server => server.Then(200, $"{{\"name\":\"{Token}\",\"expireTime\":\"2020-01-01T00:00:00Z\"}}");
        yield return server => server.Then(http =>
        {
            http.Abort();
            return Task.CompletedTask;
        });
    }

    private static void AssertClean(IEnumerable<string> seen) =>
        Assert.All(seen, text => Assert.All(s_canaries, canary => Assert.DoesNotContain(canary, text, StringComparison.Ordinal)));
}
