using System.Text;
using Matrixd.Agents;
using Matrixd.Calls;
using Matrixd.Tests.Support;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace Matrixd.Tests.Agents;

public sealed class ToolResponseTests
{
    [Theory]
    [InlineData("application/json", """{ "status" : "sent", "n": [1, null] }""", """{"output":{"status":"sent","n":[1,null]}}""")]
    [InlineData("application/json; charset=utf-8", "\"नमस्ते\"", """{"output":"नमस्ते"}""")]
    [InlineData("application/vnd.crm.order+json", "[1]", """{"output":[1]}""")]
    [InlineData("application/json", "\ufeff{\"a\":1}", """{"output":{"a":1}}""")]
    [InlineData("text/plain", "It is \"sent\".", """{"output":"It is \"sent\"."}""")]
    [InlineData("text/html", "<p>", """{"output":"<p>"}""")]
    [InlineData("application/json", "", """{"output":"done"}""")]
    public async Task An_answer_becomes_the_output(string contentType, string body, string response)
    {
        await using AgentsToolRig rig = await AgentsToolRig.StartAsync(contentType, body);

        Assert.Equal(new ToolResult("ok", response), await rig.RunAsync(rig.Tool()));
    }

    [Fact]
    public async Task A_server_without_content_has_done_it()
    {
        await using AgentsToolRig rig = await AgentsToolRig.StartAsync(http =>
        {
            http.Response.StatusCode = 204;
            return Task.CompletedTask;
        });

        Assert.Equal(new ToolResult("ok", """{"output":"done"}"""), await rig.RunAsync(rig.Tool()));
    }

    [Fact]
    public async Task Latin_text_is_read_as_what_it_says_it_is()
    {
        await using AgentsToolRig rig = await AgentsToolRig.StartAsync(http =>
        {
            http.Response.ContentType = "text/plain; charset=ISO-8859-1";
            return http.Response.Body.WriteAsync(new byte[] { (byte)'M', 0xFC }).AsTask();
        });

        Assert.Equal("""{"output":"Mü"}""", (await rig.RunAsync(rig.Tool())).Response);
    }

    [Theory]
    [InlineData("application/json", "{\"a\":", "JSON that cannot be read")]
    [InlineData("application/json", "{\"a\":\"\\ud800\"}", "JSON that cannot be read")]
    [InlineData("image/png", "png", "answered with image/png, which is neither JSON nor text.")]
    public async Task An_answer_that_a_model_cannot_read_is_an_error(string contentType, string body, string error)
    {
        await using AgentsToolRig rig = await AgentsToolRig.StartAsync(contentType, body);

        ToolResult result = await rig.RunAsync(rig.Tool());

        Assert.Equal("error", result.Outcome);
        Assert.Contains(error, result.Response);
    }

    [Fact]
    public async Task An_answer_that_nests_too_deep_is_an_error()
    {
        await using AgentsToolRig rig = await AgentsToolRig.StartAsync("application/json", new string('[', 5000) + new string(']', 5000));

        Assert.Equal("error", (await rig.RunAsync(rig.Tool())).Outcome);
    }

    [Theory]
    [InlineData(404, "application/json", """{"error":"no such order"}""", "lookup answered HTTP 404: {\\\"error\\\":\\\"no such order\\\"}")]
    [InlineData(422, "text/plain", "line one\nline two", "lookup answered HTTP 422: line one line two")]
    [InlineData(500, "text/html", "<html>", "lookup answered HTTP 500.")]
    [InlineData(302, "text/html", "", "lookup answered HTTP 302.")]
    public async Task A_status_other_than_success_is_an_error_with_the_servers_words(int status, string contentType, string body, string error)
    {
        await using AgentsToolRig rig = await AgentsToolRig.StartAsync(contentType, body, status);

        Assert.Equal(new ToolResult("error", $"{{\"error\":\"{error}\"}}"), await rig.RunAsync(rig.Tool()));
    }

    [Fact]
    public async Task A_redirect_is_not_followed()
    {
        await using AgentsLoopbackServer elsewhere = await AgentsLoopbackServer.StartAsync((_, http) => http.Response.WriteAsync("{}"));
        await using AgentsToolRig rig = await AgentsToolRig.StartAsync(http =>
        {
            http.Response.Redirect(elsewhere.Url.ToString());
            return Task.CompletedTask;
        });

        ToolResult result = await rig.RunAsync(rig.Tool() with { Headers = [new("X-Key", "secret")] });

        Assert.Equal("error", result.Outcome);
        Assert.Equal(0, elsewhere.Count);
    }

    [Theory]
    [InlineData(1024, "ok")]
    [InlineData(1025, "error")]
    public async Task An_answer_is_read_up_to_the_cap(int length, string outcome)
    {
        await using AgentsToolRig rig = await AgentsToolRig.StartAsync("text/plain", new string('x', length));

        Assert.Equal(outcome, (await rig.RunAsync(rig.Tool() with { MaxResponseBytes = 1024 })).Outcome);
    }

    [Fact]
    public async Task An_endless_answer_is_given_up_at_the_cap()
    {
        var stopped = new TaskCompletionSource();
        await using AgentsToolRig rig = await AgentsToolRig.StartAsync(async http =>
        {
            http.Response.ContentType = "text/plain";
            byte[] page = Encoding.UTF8.GetBytes(new string('x', 4096));
            try
            {
                while (!http.RequestAborted.IsCancellationRequested)
                {
                    await http.Response.Body.WriteAsync(page);
                }
            }
            finally
            {
                stopped.SetResult(); // however the abort is seen first: the token, or the write that it breaks
            }
        });

        ToolResult result = await rig.RunAsync(rig.Tool());

        Assert.Equal(new ToolResult("error", """{"error":"lookup answered with more than 65536 bytes, which is too much. Ask for less."}"""), result);
        await stopped.Task.WaitAsync(TimeSpan.FromSeconds(30)); // the connection is gone, nothing reads on
    }

    [Fact]
    public async Task An_answer_that_breaks_off_is_an_error()
    {
        await using AgentsToolRig rig = await AgentsToolRig.StartAsync(async http =>
        {
            http.Response.ContentLength = 100;
            await http.Response.WriteAsync("half");
            await http.Response.Body.FlushAsync();
            http.Abort();
        });

        ToolResult result = await rig.RunAsync(rig.Tool());

        Assert.Equal(new ToolResult("error", """{"error":"lookup cannot be reached at the moment."}"""), result);
        Assert.Contains("Warning 1411", rig.Log.All);
    }
}
