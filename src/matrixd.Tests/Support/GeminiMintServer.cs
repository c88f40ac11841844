using System.Collections.Concurrent;
using Matrixd.Gemini;
using Microsoft.AspNetCore.Http;

namespace Matrixd.Tests.Support;

/// <summary>The token endpoint of the service, on loopback; hands out auth_tokens/1, auth_tokens/2, … unless told otherwise.</summary>
internal sealed class GeminiMintServer : IAsyncDisposable
{
    public const string Key = "AIzaCANARY-key-0123456789";
    private readonly ConcurrentQueue<Func<HttpContext, Task>> _script = new();
    private readonly TimeProvider _time;
    private AgentsLoopbackServer _http = null!;
    private int _minted;

    private GeminiMintServer(TimeProvider time) => _time = time;

    /// <summary>How far the server's clock is ahead.</summary>
    public TimeSpan ClockAhead { get; set; }

    /// <summary>Answers wait until it completes.</summary>
    public Task Gate { get; set; } = Task.CompletedTask;

    public Uri Url => _http.Url;

    public int Count => _http.Count;

    public static async Task<GeminiMintServer> StartAsync(TimeProvider time)
    {
        var server = new GeminiMintServer(time);
        server._http = await AgentsLoopbackServer.StartAsync(server.AnswerAsync);
        return server;
    }

    public Task<AgentsLoopbackServer.Request> NextAsync() => _http.NextAsync();

    /// <summary>The next answer that is not scripted yet.</summary>
    public void Then(int status, string body = "", params (string Name, string Value)[] headers) => Then(async http =>
    {
        http.Response.StatusCode = status;
        foreach ((string name, string value) in headers)
        {
            http.Response.Headers[name] = value;
        }

        await http.Response.WriteAsync(body);
    });

    public void Then(Func<HttpContext, Task> answer) => _script.Enqueue(answer);

    public GeminiOptions Options() => new() { ApiKey = Key, BaseUrl = Url };

    public ValueTask DisposeAsync() => _http.DisposeAsync();

    private async Task AnswerAsync(AgentsLoopbackServer.Request request, HttpContext http)
    {
        await Gate;
        http.Response.Headers.Date = (_time.GetUtcNow() + ClockAhead).ToString("R");
        if (_script.TryDequeue(out Func<HttpContext, Task>? answer))
        {
            await answer(http);
            return;
        }

        await http.Response.WriteAsync($"{{\"name\":\"auth_tokens/{Interlocked.Increment(ref _minted)}\"}}");
    }
}
