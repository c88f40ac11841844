using Matrixd.Agents;
using Matrixd.Models;
using Matrixd.Simulation;
using Matrixd.Tests.Support;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace Matrixd.Tests.EndToEnd;

/// <summary>Caller audio while the model waits for a tool: a blocking model closes at the first frame of it, so it is kept and replayed; the others hear it at once.</summary>
public class ToolGateTests
{
    private const int WholeMessages = 320; // samples in 20 ms at 16 kHz

    public static TheoryData<string> Models => [.. ModelQuirks.NamesInService];

    // U9
    [Theory]
    [MemberData(nameof(Models))]
    public async Task Nothing_is_sent_to_a_blocking_model_until_its_last_call_is_answered_and_nothing_is_lost(string model)
    {
        bool flows = ModelQuirks.For(model).NonBlockingTools;
        TaskCompletionSource[] released = [new(TaskCreationOptions.RunContinuationsAsynchronously), new(TaskCreationOptions.RunContinuationsAsynchronously)];
        await using AgentsLoopbackServer crm = await AgentsLoopbackServer.StartAsync(async (request, http) =>
        {
            await released[request.Body.Contains("first", StringComparison.Ordinal) ? 0 : 1].Task.WaitAsync(http.RequestAborted);
            await http.Response.WriteAsync("""{"status":"left the house"}""");
        });
        await using House house = await BuildAsync(crm, model);
        EndToEndLine line = await house.LineAsync("gate");
        GeminiConnection connection = await house.ReadyAsync();
        connection.SendToolCall("call-1", new GeminiToolCall("lookup_order", """{"order_id":"first"}"""));
        connection.SendToolCall("call-2", new GeminiToolCall("lookup_order", """{"order_id":"second"}"""));
        await crm.NextAsync();
        await crm.NextAsync();
        short[] speech = Signals.Noise(8000, 1, seed: 41);
        short[] expected = EndToEndSound.Stream(speech, 8000, 16_000);

        line.Speak(speech.AsSpan(0, 4000));
        await house.MetricAsync("caller_frames_total", 25);
        released[0].SetResult();
        await connection.Ledger.ReceivedAsync("toolResponse");
        line.Speak(speech.AsSpan(4000));
        await house.MetricAsync("caller_frames_total", 50);
        if (!flows)
        {
            Assert.Equal(0, connection.Ledger.AudioMessages); // one of two is answered: the model still waits
        }

        int before = connection.Ledger.Received.Count(r => r.Kind == "toolResponse");
        released[1].SetResult();
        await connection.Ledger.ReceivedAsync("toolResponse", 2);
        int whole = expected.Length / WholeMessages * WholeMessages;
        await connection.Ledger.WaitAsync(() => connection.Ledger.CallerPcm.Length >= whole, "all that was said", TimeSpan.FromSeconds(30));

        Assert.Equal(1, before);
        EndToEndSound.AssertSame(expected.AsSpan(0, whole), connection.Ledger.CallerPcm);
        Assert.Null(connection.Refused);
        line.HangUp();
        await house.EndedAsync("gate");
        Assert.Equal(0, (await house.MetricsAsync())["uplink_dropped_bytes_total"]);
    }

    [Fact]
    public async Task What_does_not_fit_the_buffer_is_dropped_from_the_front_and_counted()
    {
        TaskCompletionSource released = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using AgentsLoopbackServer crm = await AgentsLoopbackServer.StartAsync(async (_, http) =>
        {
            await released.Task.WaitAsync(http.RequestAborted);
            await http.Response.WriteAsync("{}");
        });
        await using House house = await BuildAsync(crm, "gemini-3.1-flash-live-preview", TimeSpan.FromMilliseconds(400));
        EndToEndLine line = await house.LineAsync("gate-full");
        GeminiConnection connection = await house.ReadyAsync();
        connection.SendToolCall("call-1", new GeminiToolCall("lookup_order", """{"order_id":"first"}"""));
        await crm.NextAsync();
        short[] speech = Signals.Noise(8000, 1, seed: 43);
        line.Speak(speech);
        await house.MetricAsync("caller_frames_total", 50);

        released.SetResult();
        int kept = 16_000 * 400 / 1000;
        await connection.Ledger.WaitAsync(() => connection.Ledger.CallerPcm.Length >= kept, "what was kept", TimeSpan.FromSeconds(30));

        short[] expected = EndToEndSound.Stream(speech, 8000, 16_000);
        int whole = expected.Length / WholeMessages * WholeMessages;
        EndToEndSound.AssertSame(expected.AsSpan(whole - kept, kept), connection.Ledger.CallerPcm.AsSpan(0, kept));
        Assert.Equal((whole - kept) * 2, (await house.MetricsAsync())["uplink_dropped_bytes_total"]);
        line.HangUp();
        await house.EndedAsync("gate-full");
    }

    private static Task<House> BuildAsync(AgentsLoopbackServer crm, string model, TimeSpan? buffer = null) => House.BuildAsync(
        House.Scripted with { StrictTools = true },
        config => config with
        {
            Gemini = config.Gemini with { Model = model },
            Calls = config.Calls with { UplinkBuffer = buffer ?? config.Calls.UplinkBuffer },
            Agents = [config.Agents[0] with { Tools = ["lookup_order"] }],
            Tools =
            [
                new ToolOptions
                {
                    Name = "lookup_order", Description = "State of an order.", Url = new Uri(crm.Url, "/orders"), Timeout = TimeSpan.FromMinutes(1),
                    Parameters = """{"type":"object","properties":{"order_id":{"type":"string"}},"required":["order_id"]}""",
                },
            ],
        });
}
