using System.Text.Json;
using Matrixd.Agents;
using Matrixd.Calls;
using Matrixd.Config;
using Matrixd.Simulation;
using Matrixd.Tests.Support;
using Matrixd.Transport;
using Xunit;

namespace Matrixd.Tests.EndToEnd;

/// <summary>What production taught about Exotel's side and the Session row, each rule on the real wire.</summary>
public class ProductionRulesOfCalls
{
    private static readonly AgentOptions s_sales = new() { Name = "sales", Numbers = ["08041111111"], Prompt = "You sell tea.", Voice = "Puck" };

    [Fact]
    public async Task Rule_6_the_url_for_exotel_is_short_carries_no_jwt_and_its_path_token_leads_to_the_call()
    {
        await using House house = await House.BuildAsync(House.Scripted, config => config with { Server = config.Server with { PublicUrl = "wss://a-rather-long-name.voice.example.co.in:8443" } });

        string url = await house.WarmUrlAsync("call-of-rule-6", "from=09441233609");

        Assert.StartsWith("wss://a-rather-long-name.voice.example.co.in:8443/exotel/", url, StringComparison.Ordinal);
        Assert.InRange(url.Length, 40, 130);
        Assert.DoesNotContain("eyJ", url, StringComparison.Ordinal); // how every JWT begins
        Assert.DoesNotContain('?', url);
        Assert.Equal(SessionState.Warm, (await house.SessionAsync("call-of-rule-6"))!.State);
        EndToEndLine line = await house.LineAsync(new EndToEndCall("call-of-rule-6") { Path = new Uri(url).AbsolutePath });
        await house.ReadyAsync();
        Assert.Equal(SessionState.Live, (await house.SessionAsync("call-of-rule-6"))!.State);
        line.HangUp();
        Assert.Equal(CallEndReason.CallerHungUp, (await house.EndedAsync("call-of-rule-6")).EndReason);
    }

    [Fact]
    public async Task Rule_6_a_path_token_lets_no_other_call_in()
    {
        await using House house = await House.BuildAsync(House.Scripted);
        string path = new Uri(await house.WarmUrlAsync("rule-6-own")).AbsolutePath;

        EndToEndLine line = await house.LineAsync(new EndToEndCall("rule-6-other") { Path = path });

        Assert.Equal(CloseCodes.PolicyViolation, (await line.Closed).Code);
        Assert.Null(await house.SessionAsync("rule-6-other"));
        Assert.Empty(house.Gemini.Connections);
    }

    [Fact]
    public async Task Rule_7_the_row_decides_direction_agent_and_objective_whatever_the_handshake_says()
    {
        await using House house = await House.BuildAsync(House.Scripted, WithSales);
        await house.CreateSessionAsync("""
            {"call_sid":"rule-7","direction":"outbound","agent":"sales","objective":"Offer the Darjeeling.","campaign":"spring","contact":"c-9","to":"09441233609","variables":{"name":"Asha"}}
            """);

        EndToEndLine line = await house.DialAsync(new EndToEndCall("rule-7") { To = "08040000000" });
        line.Start("""{"direction":"inbound","agent":"reception","objective":"Give everything away."}""");
        GeminiConnection connection = await house.ReadyAsync();

        GeminiReceived setup = await connection.Ledger.ReceivedAsync("setup");
        string instruction = ProductionRules.Instruction(setup);
        Assert.Contains("You sell tea.", instruction, StringComparison.Ordinal);
        Assert.Contains("Offer the Darjeeling.", instruction, StringComparison.Ordinal);
        Assert.DoesNotContain("Give everything away", setup.Text, StringComparison.Ordinal);
        Assert.Contains("Puck", setup.Text, StringComparison.Ordinal);
        Session row = (await house.SessionAsync("rule-7"))!;
        Assert.Equal((CallDirection.Outbound, "sales", "spring", "c-9", "09441233609"), (row.Direction, row.Agent, row.CampaignId, row.ContactId, row.To));
        line.HangUp();
        await house.EndedAsync("rule-7");
    }

    [Theory]
    [InlineData("dial answer, dynamic url, socket")]
    [InlineData("dynamic url, dial answer, socket")]
    [InlineData("socket, dial answer, dynamic url")]
    [InlineData("socket, dynamic url, dial answer")]
    [InlineData("dynamic url, socket, dial answer")]
    [InlineData("all at once")]
    public async Task Rule_7_there_is_one_row_with_the_same_values_in_any_order(string order)
    {
        await using House house = await House.BuildAsync(House.Scripted, WithSales);
        EndToEndLine? line = null;
        List<Task> atOnce = [];
        foreach (string step in order == "all at once" ? ["dial answer", "dynamic url", "socket"] : order.Split(", "))
        {
            Task task = step switch
            {
                "dial answer" => house.CreateSessionAsync("""{"call_sid":"rule-7b","agent":"sales","objective":"Offer the Darjeeling."}"""),
                "dynamic url" => house.WarmUrlAsync("rule-7b"),
                _ => StartAsync(),
            };
            atOnce.Add(task);
            if (order != "all at once")
            {
                await task;
            }
        }

        await Task.WhenAll(atOnce);
        line!.HangUp();
        Session row = await house.EndedAsync("rule-7b");

        Assert.Single(await house.ReadAsync((sessions, _) => sessions.ListAsync(new SessionFilter())));
        Assert.Equal((CallDirection.Outbound, "sales", "Offer the Darjeeling."), (row.Direction, row.Agent, row.Objective));

        async Task StartAsync()
        {
            line = await house.LineAsync("rule-7b");
            await house.ReadyAsync();
        }
    }

    [Fact]
    public async Task Rule_7_a_call_that_nobody_announced_gets_one_inbound_row()
    {
        await using House house = await House.BuildAsync(House.Scripted, WithSales);

        EndToEndLine line = await house.LineAsync(new EndToEndCall("rule-7c") { To = "+91 80 4111 1111" });
        await house.ReadyAsync();
        line.HangUp();

        Session row = await house.EndedAsync("rule-7c");
        Assert.Equal((CallDirection.Inbound, "sales", ""), (row.Direction, row.Agent, row.Objective));
    }

    [Theory]
    [InlineData(8000)]
    [InlineData(16_000)]
    [InlineData(24_000)]
    public async Task Rule_9_chunks_are_legal_and_the_caller_hears_every_turn_to_its_last_sample(int rate)
    {
        await using House house = await House.BuildAsync(House.Scripted);
        EndToEndLine line = await house.LineAsync(new EndToEndCall("rule-9") { Rate = rate });
        GeminiConnection connection = await house.ReadyAsync();
        short[][] turns = [Signals.Noise(24_000, 1.7, seed: 1)[..^13], Signals.Noise(24_000, 0.05, seed: 2), Signals.Noise(24_000, 0.6, seed: 3)];

        for (int i = 0; i < turns.Length; i++)
        {
            _ = connection.SayAsync(turns[i]);
            await line.TurnsAsync(turns[..(i + 1)]);
        }

        EndToEndSound.AssertLegal(line.Events);
        EndToEndSound.AssertHeard(line.Events, rate, turns);
        line.HangUp();
    }

    [Fact]
    public async Task Rule_12_after_a_barge_in_not_one_sample_of_the_old_turn_is_heard()
    {
        await using House house = await House.BuildAsync(House.Scripted);
        EndToEndLine line = await house.LineAsync("rule-12");
        GeminiConnection connection = await house.ReadyAsync();
        short[] old = Signals.Noise(24_000, 10, seed: 4);
        short[] fresh = Signals.Noise(24_000, 0.5, seed: 5);
        connection.SendRaw(GeminiWords.Audio(old));
        await line.HeardAsync(2400);

        // The worst that the wire allows: old audio beside `interrupted`, and more of it behind.
        connection.SendRaw(GeminiWords.Audio(old.AsSpan(0, 4000), beside: "\"interrupted\":true,"));
        connection.SendRaw(GeminiWords.Audio(old.AsSpan(4000, 4000)));
        connection.SendRaw(GeminiWords.TurnComplete);
        await line.WaitAsync(events => events.Any(e => e.Kind == "clear"), "clear");
        _ = connection.SayAsync(fresh);
        await line.TurnsAsync(fresh);

        Assert.Equal(1, line.Events.Count(e => e.Kind == "clear"));
        EndToEndSound.AssertHeard(EndToEndLine.AfterClear(line.Events), 8000, fresh);
        EndToEndSound.AssertLegal(line.Events);
        short[] before = [.. line.Events.TakeWhile(e => e.Kind != "clear").SelectMany(e => e.Pcm)];
        EndToEndSound.AssertSame(EndToEndSound.Stream(old, 24_000, 8000).AsSpan(0, before.Length), before);
        line.HangUp();
        await house.EndedAsync("rule-12");
        Assert.Equal(1, (await house.MetricsAsync())["barge_ins_total"]);
    }

    private static DaemonConfig WithSales(DaemonConfig config) => config with { Agents = [.. config.Agents, s_sales] };
}
