using Matrixd.Agents;
using Matrixd.Calls;
using Microsoft.AspNetCore.Http;

namespace Matrixd.Tests.Support;

/// <summary>Tools of one agent against a server on loopback, under virtual time.</summary>
internal sealed class AgentsToolRig : IAsyncDisposable
{
    public const string CallSidText = "0123456789abcdef0123456789abcdef1a";
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);
    private readonly ToolHttp _http;

    private AgentsToolRig(AgentsLoopbackServer server)
    {
        Server = server;
        _http = new ToolHttp(Time);
    }

    public GeminiTime Time { get; } = new();

    public AgentsLoopbackServer Server { get; }

    public AgentsLog<AgentDirectory> Log { get; } = new();

    public static async Task<AgentsToolRig> StartAsync(Func<HttpContext, Task> answer) =>
        new(await AgentsLoopbackServer.StartAsync((_, http) => answer(http)));

    public static Task<AgentsToolRig> StartAsync(string contentType, string body, int status = 200) => StartAsync(http =>
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = contentType;
        return http.Response.WriteAsync(body);
    });

    /// <summary>A tool of the server.</summary>
    public ToolOptions Tool(string name = "lookup", string target = "/tool") => new()
    {
        Name = name,
        Description = "Finds an order",
        Url = new Uri(Server.Url, target),
        Parameters = """{"type":"object","properties":{"order_id":{"type":"string"}}}""",
    };

    /// <summary>What one call is given to run its tools with.</summary>
    public IToolRunner Runner(params ToolOptions[] tools) =>
        new AgentDirectory([new AgentOptions { Name = "a", Tools = [.. tools.Select(tool => tool.Name)] }], tools, _http, Log).Brief(Call)!.Tools;

    /// <summary>As many calls' runners as asked for, of one agent.</summary>
    public IToolRunner[] Runners(int count, params ToolOptions[] tools)
    {
        var directory = new AgentDirectory([new AgentOptions { Name = "a", Tools = [.. tools.Select(tool => tool.Name)] }], tools, _http, Log);
        return [.. Enumerable.Range(0, count).Select(_ => directory.Brief(Call)!.Tools)];
    }

    /// <summary>Runs a tool to its end.</summary>
    public async Task<ToolResult> RunAsync(ToolOptions tool, string arguments = """{"order_id":"A-1"}""", string? name = null, string id = "call-1") =>
        await Start(Runner(tool), name ?? tool.Name, arguments, id).WaitAsync(s_patience);

    public static Task<ToolResult> Start(IToolRunner runner, string name, string arguments = "{}", string id = "call-1", CancellationToken cancelled = default) =>
        runner.RunAsync(new ToolCall(id, name, arguments), Call, cancelled);

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await Server.DisposeAsync();
    }

    private static Session Call { get; } = new()
    {
        CallSid = CallSid.Parse(CallSidText),
        Direction = CallDirection.Inbound,
        State = SessionState.Live,
        Agent = "a",
    };
}
