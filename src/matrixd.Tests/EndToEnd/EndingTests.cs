using Matrixd.Calls;
using Matrixd.Simulation;
using Matrixd.Tests.Support;
using Matrixd.Transport;
using Xunit;

namespace Matrixd.Tests.EndToEnd;

/// <summary>Every way a call ends gives the same word in row, log and metric, and a row that is whole.</summary>
public class EndingTests
{
    [Theory]
    [InlineData("stop", "caller_hung_up", 1000)]
    [InlineData("drop", "media_lost", 0)]
    [InlineData("media idle", "media_lost", 1000)]
    [InlineData("call_max", "limit_duration", 1000)]
    [InlineData("model closes", "model_lost", 1011)]
    [InlineData("model vanishes", "model_lost", 1011)]
    [InlineData("no setupComplete", "model_unreachable", 1011)]
    [InlineData("model refuses", "model_refused", 1011)]
    [InlineData("bad payloads", "protocol_error", 0)]
    [InlineData("no JSON", "protocol_error", 0)]
    [InlineData("second start", "protocol_error", 1008)]
    [InlineData("flood", "rate_limited", 1008)]
    [InlineData("drained", "drained", 1001)]
    [InlineData("aborted", "aborted", 1001)]
    public async Task Row_log_and_metric_agree_on_why_a_call_ended(string way, string reason, int code)
    {
        await using House house = await House.BuildAsync(Model(way), config => House.Impatient(config) with { Calls = Limits(way, config.Calls) });
        DateTimeOffset before = DateTimeOffset.UtcNow.AddMilliseconds(-1);
        EndToEndLine line = await house.LineAsync("ending");
        await Eventually.TrueAsync(async () => await house.SessionAsync("ending") is not null, "the row");
        if (way is not ("no setupComplete" or "model refuses"))
        {
            GeminiConnection connection = await house.ReadyAsync();
            line.Speak(Signals.Speech(8000, 0.2));
            await connection.Ledger.WaitAsync(() => connection.Ledger.AudioMessages > 0, "audio");
            await EndAsync(way, house, line, connection);
        }

        Session row = await house.EndedAsync("ending");
        WebSocketClose close = await line.Closed.WaitAsync(TimeSpan.FromSeconds(20));
        DateTimeOffset after = DateTimeOffset.UtcNow.AddMilliseconds(1);

        Assert.Equal(reason, row.EndReason.Word());
        if (code > 0)
        {
            Assert.Equal(code, close.Code);
        }

        Assert.True(before <= row.StartedAt && row.StartedAt <= row.EndedAt && row.EndedAt <= after, $"{before:O} {row.StartedAt:O} {row.EndedAt:O} {after:O}");
        await house.MetricAsync("slots_taken", 0);
        EndToEndMetrics metrics = await house.MetricsAsync();
        Assert.Equal(1, metrics.Ended(reason));
        Assert.Equal(1, metrics.Values.Where(v => v.Key.StartsWith("matrixd_calls_ended_total", StringComparison.Ordinal)).Sum(v => v.Value));
        Assert.Equal((1, 0), (metrics["calls_started_total"], metrics["calls_live"]));
        string ended = Assert.Single(house.LogLines, text => text.Contains("call ending ended: ", StringComparison.Ordinal));
        Assert.Contains($"ended: {reason} after ", ended, StringComparison.Ordinal);
        await house.NoModelLeftAsync();
        Assert.DoesNotContain(house.LogLines, text => text.Contains("unforeseen", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_row_tells_model_tokens_and_handle()
    {
        await using House house = await House.BuildAsync(House.Scripted);
        EndToEndLine line = await house.LineAsync("figures");
        GeminiConnection connection = await house.ReadyAsync();
        connection.SendRaw("""{"usageMetadata":{"promptTokenCount":100,"responseTokenCount":20,"totalTokenCount":120},"serverContent":{"turnComplete":true}}""");
        connection.SendRaw("""{"usageMetadata":{"promptTokenCount":150,"responseTokenCount":30,"totalTokenCount":180},"serverContent":{"turnComplete":true}}""");
        connection.SendRaw("""{"sessionResumptionUpdate":{"newHandle":"handle-2","resumable":true}}""");
        await house.MetricAsync("gemini_prompt_tokens_total", 250);
        line.Speak(Signals.Speech(8000, 0.1));
        line.HangUp();

        Session row = await house.EndedAsync("figures");

        Assert.Equal("gemini-3.1-flash-live-preview", row.Model.Replace("models/", "", StringComparison.Ordinal));
        Assert.Equal((250, 50), (row.PromptTokens, row.ResponseTokens));
        Assert.Equal("handle-2", row.GeminiHandle);
    }

    private static GeminiSimulatorOptions Model(string way) => way switch
    {
        "no setupComplete" => House.Scripted with { Faults = [FaultSpec.Parse("stall@setup")] },
        "model refuses" => House.Scripted with { Faults = [FaultSpec.Parse("close=1008,models/x is not found@setup")] },
        _ => House.OnlyOnce,
    };

    private static CallsOptions Limits(string way, CallsOptions calls) => way switch
    {
        "media idle" => calls with { MediaIdle = TimeSpan.FromSeconds(1) },
        "call_max" => calls with { CallMax = TimeSpan.FromSeconds(1) },
        "no setupComplete" => calls with { ModelReadyTimeout = TimeSpan.FromSeconds(1) },
        _ => calls,
    };

    private static async Task EndAsync(string way, House house, EndToEndLine line, GeminiConnection connection)
    {
        switch (way)
        {
            case "stop":
                line.HangUp();
                break;
            case "drop":
                line.Drop();
                break;
            case "model closes":
                connection.Close(1011, "Internal error encountered.");
                break;
            case "model vanishes":
                connection.Drop();
                break;
            case "bad payloads":
                for (int i = 0; i < 50; i++)
                {
                    line.Send($"{{\"event\":\"media\",\"stream_sid\":\"{line.Call.StreamSid}\",\"media\":{{\"payload\":\"A*B\"}}}}");
                }

                break;
            case "no JSON":
                line.Send("{\"event\":");
                break;
            case "second start":
                line.Start();
                break;
            case "flood":
                for (int i = 0; i < 600; i++)
                {
                    line.Send("""{"event":"silence"}""");
                }

                break;
            case "drained" or "aborted":
                house.Daemon.Registry.StopAll(way == "drained" ? CallEndReason.Drained : CallEndReason.Aborted, "by the test");
                break;
        }

        await Task.CompletedTask;
    }
}
