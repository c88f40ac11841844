using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Matrixd.Calls;
using Microsoft.Extensions.Logging;

namespace Matrixd.Agents;

/// <summary>Runs the HTTP tools of one agent for one call.</summary>
/// <remarks>
/// Lives as long as its call; any thread. What the model sends is checked here and nowhere else: its arguments against the tool's schema,
/// its tool's name against the agent's list, its pace against the bounds below.
/// </remarks>
internal sealed partial class ToolDispatcher(IReadOnlyList<HttpTool> tools, ToolHttp http, ILogger logger) : IToolRunner
{
    /// <summary>[bytes] Arguments beyond this are refused unread; those of a conversation take some hundred.</summary>
    public const int MaxArgumentBytes = 64 * 1024;

    /// <summary>Tool calls of one call at the same time: more at once than a model that answers a person has use for.</summary>
    public const int MaxAtOnce = 8;

    /// <summary>Tool calls of one call in all. Observed: a model in a loop called one tool 337 times in 2.5 minutes.</summary>
    public const int MaxInAll = 200;

    private static readonly JsonDocumentOptions s_reading = new() { MaxDepth = JsonSchema.MaxDepth };

    private int _atOnce;
    private int _inAll;

    /// <inheritdoc/>
    public async Task<ToolResult> RunAsync(ToolCall call, Session session, CancellationToken cancelled)
    {
        // Called under the call's gate, on the thread of a socket: nothing of what follows may run there.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        long from = http.Time.GetTimestamp();
        ToolResult result;
        try
        {
            result = Interlocked.Increment(ref _atOnce) > MaxAtOnce
                ? ToolAnswer.Failed("error", $"More than {MaxAtOnce} tools are running already. Wait for their answers.")
                : Interlocked.Increment(ref _inAll) > MaxInAll
                    ? ToolAnswer.Failed("error", "No more tools can be used in this call. Go on without them.")
                    : await RunCheckedAsync(call, session.CallSid, cancelled);
        }
        finally
        {
            Interlocked.Decrement(ref _atOnce);
        }

        LogRan(session.CallSid, Words.Clip(call.Name), result.Outcome, (long)http.Time.GetElapsedTime(from).TotalMilliseconds);
        return result;
    }

    private async Task<ToolResult> RunCheckedAsync(ToolCall call, CallSid callSid, CancellationToken cancelled)
    {
        HttpTool? tool = tools.FirstOrDefault(tool => tool.Name == call.Name);
        if (tool is null)
        {
            string names = tools.Count > 0 ? $"The tools are: {string.Join(", ", tools.Select(t => t.Name))}." : "There are no tools.";
            return ToolAnswer.Failed("unknown_tool", $"There is no tool named '{Words.Clip(call.Name)}'. {names}");
        }

        if (Encoding.UTF8.GetByteCount(call.Arguments) > MaxArgumentBytes)
        {
            return ToolAnswer.Failed("bad_arguments", $"The arguments of {tool.Name} are larger than {MaxArgumentBytes} bytes. Send less.");
        }

        try
        {
            using JsonDocument arguments = JsonDocument.Parse(call.Arguments.Length > 0 ? call.Arguments : "{}", s_reading);
            IReadOnlyList<string> errors = tool.Check(arguments.RootElement);
            return errors.Count > 0
                ? ToolAnswer.Failed("bad_arguments", $"The arguments of {tool.Name} do not fit: {string.Join("; ", errors)}. Correct them and call it again.")
                : await SendAsync(tool, arguments.RootElement, call, callSid, cancelled);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException) // the latter: half a surrogate pair
        {
            return ToolAnswer.Failed("bad_arguments", $"The arguments of {tool.Name} are not valid JSON, or nest deeper than {JsonSchema.MaxDepth}.");
        }
    }

    private async Task<ToolResult> SendAsync(HttpTool tool, JsonElement arguments, ToolCall call, CallSid callSid, CancellationToken cancelled)
    {
        using HttpRequestMessage? request = tool.Request(arguments, call, callSid);
        if (request is null)
        {
            return ToolAnswer.Failed("bad_arguments", $"The arguments of {tool.Name} are too long for a query. Send less.");
        }

        using var deadline = new CancellationTokenSource(tool.Timeout, http.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancelled, deadline.Token);
        try
        {
            return await SendWithinBoundsAsync(tool, request, either.Token);
        }
        catch (OperationCanceledException)
        {
            return cancelled.IsCancellationRequested
                ? ToolAnswer.Failed("cancelled", $"{tool.Name} was cancelled.")
                : ToolAnswer.Failed("timeout", $"{tool.Name} gave no answer within {tool.Timeout.TotalSeconds:0.#} seconds. It may have done its work all the same.");
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            LogUnreachable(callSid, tool.Name, Cause(e));
            return ToolAnswer.Failed("error", $"{tool.Name} cannot be reached at the moment.");
        }
        catch (Exception e)
        {
            // The one place where the unforeseen in a tool ends: the call goes on, and the operator sees it.
            LogFailed(callSid, tool.Name, e);
            return ToolAnswer.Failed("error", $"{tool.Name} failed.");
        }
    }

    private async Task<ToolResult> SendWithinBoundsAsync(HttpTool tool, HttpRequestMessage request, CancellationToken ended)
    {
        await tool.Slots.WaitAsync(ended); // before the common slots, so that those who wait for a slow server hold none of them
        try
        {
            await http.Slots.WaitAsync(ended);
            try
            {
                using HttpResponseMessage response = await http.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, ended);
                return await ToolResponse.ReadAsync(response, tool.Name, tool.MaxResponseBytes, ended);
            }
            finally
            {
                http.Slots.Release();
            }
        }
        finally
        {
            tool.Slots.Release();
        }
    }

    // Neither message holds the address, whose query may be secret; a socket's own would be the host's at most.
    private static string Cause(Exception e) => e.GetBaseException() is SocketException socket ? socket.SocketErrorCode.ToString() : Words.Clip(e.GetBaseException().Message, 200);
}
