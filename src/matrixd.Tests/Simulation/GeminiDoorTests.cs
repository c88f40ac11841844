using System.Net.WebSockets;
using Matrixd.Simulation;
using Matrixd.Tests.Support;
using Matrixd.Timing;
using Xunit;

namespace Matrixd.Tests.Simulation;

/// <summary>Addresses, keys and tokens: who is let in, who is told what. U11, U17.</summary>
public sealed class GeminiDoorTests
{
    private const string Constrained = "BidiGenerateContentConstrained";
    private const string Plain = "BidiGenerateContent";

    private static readonly string s_lie = GeminiRefusal.CatchAllText[..123];

    [Theory]
    [InlineData("v1alpha", "/")]
    [InlineData("v1alpha", "//")]
    [InlineData("v1beta", "//")]
    [InlineData("v1", "//")]
    public async Task A_token_opens_every_version_with_either_slash(string version, string slashes)
    {
        await using GeminiSimulator simulator = await GeminiSimulator.StartAsync(new GeminiSimulatorOptions());
        string token = await SimulationGeminiClient.MintAsync(simulator);
        using SimulationGeminiClient client = await SimulationGeminiClient.ConnectAsync(
            SimulationGeminiClient.Address(simulator, Constrained, "?access_token=" + token, version, slashes));
        await client.SendAsync(SimulationGeminiClient.Setup);
        await client.ReceiveAsync("setupComplete");
        Assert.Equal(1, Assert.Single(simulator.Tokens.Minted).Used);
    }

    [Theory]
    [InlineData("?key=some-key", "")]
    [InlineData("", "some-key")]
    [InlineData("?key=a+c/d&e=f%2Fg", "")]
    public async Task A_key_opens_the_plain_method(string query, string header)
    {
        await using GeminiSimulator simulator = await GeminiSimulator.StartAsync(new GeminiSimulatorOptions());
        using SimulationGeminiClient client = await SimulationGeminiClient.ConnectAsync(
            SimulationGeminiClient.Address(simulator, Plain, query), o => SetKey(o, header));
        await client.SendAsync(SimulationGeminiClient.Setup);
        await client.ReceiveAsync("setupComplete");
    }

    [Theory]
    [InlineData(Constrained, "?access_token=auth_tokens%2FTOKEN", 1008, null)]
    [InlineData(Constrained, "", 1008, null)]
    [InlineData(Constrained, "?access_token=auth_tokens/nobody", 1007, "Missing or malformed auth token")]
    [InlineData(Constrained, "?access_token=garbage", 1007, "Missing or malformed auth token")]
    [InlineData(Plain, "?access_token=auth_tokens/TOKEN", 1008, null)]
    [InlineData(Plain, "?key=auth_tokens/TOKEN", 1008, null)]
    [InlineData(Plain, "", 1008, null)]
    [InlineData(Plain, "?key=wrong", 1007, "API key not valid. Please pass a valid API key.")]
    public async Task A_wrong_credential_gets_101_and_then_its_close(string method, string query, int code, string? reason)
    {
        await using GeminiSimulator simulator = await GeminiSimulator.StartAsync(new GeminiSimulatorOptions { ApiKey = "some-key" });
        string token = await SimulationGeminiClient.MintAsync(simulator);
        Uri address = SimulationGeminiClient.Address(simulator, method, query.Replace("auth_tokens/TOKEN", token, StringComparison.Ordinal).Replace("TOKEN", token[12..], StringComparison.Ordinal));
        using SimulationGeminiClient client = await SimulationGeminiClient.ConnectAsync(address);
        Assert.Equal((code, reason ?? s_lie), await client.CloseAsync());
    }

    [Fact]
    public async Task A_token_opens_as_many_sessions_as_it_has_uses()
    {
        await using GeminiSimulator simulator = await GeminiSimulator.StartAsync(new GeminiSimulatorOptions());
        Uri address = SimulationGeminiClient.Address(simulator, Constrained, "?access_token=" + await SimulationGeminiClient.MintAsync(simulator, """{"uses":2}"""));
        for (int i = 0; i < 2; i++)
        {
            using SimulationGeminiClient good = await SimulationGeminiClient.ConnectAsync(address);
            await good.SendAsync(SimulationGeminiClient.Setup);
            await good.ReceiveAsync("setupComplete");
        }

        using SimulationGeminiClient third = await SimulationGeminiClient.ConnectAsync(address);
        await third.SendAsync(SimulationGeminiClient.Setup);
        Assert.Equal((1011, "Token has been used too many times"), await third.CloseAsync());
    }

    [Fact]
    public async Task A_new_session_after_its_window_is_refused_with_the_lie_but_a_resumed_one_is_not()
    {
        VirtualTime clock = new();
        await using GeminiSimulator simulator = await GeminiSimulator.StartAsync(new GeminiSimulatorOptions { Wheel = new TimerWheel(clock) });
        Uri address = SimulationGeminiClient.Address(simulator, Constrained, "?access_token=" + await SimulationGeminiClient.MintAsync(simulator));
        using SimulationGeminiClient first = await SimulationGeminiClient.ConnectAsync(address);
        await first.SendAsync("""{"setup":{"model":"models/gemini-3.8-live","sessionResumption":{}}}""");
        string handle = (await first.ReceiveAsync("sessionResumptionUpdate")).GetProperty("sessionResumptionUpdate").GetProperty("newHandle").GetString()!;
        string resume = $$$$"""{"setup":{"model":"models/gemini-3.8-live","sessionResumption":{"handle":"{{{{handle}}}}"}}}""";

        using (SimulationGeminiClient early = await SimulationGeminiClient.ConnectAsync(address))
        {
            await early.SendAsync(resume);
            Assert.Equal(1011, (await early.CloseAsync()).Code); // U18: the old socket is still open
        }

        await first.HangUpAsync();
        await simulator.Connections[0].Closed;
        clock.Advance(TimeSpan.FromSeconds(61)); // the default window is 60 s, the one use is spent
        using SimulationGeminiClient late = await SimulationGeminiClient.ConnectAsync(address);
        await late.SendAsync(SimulationGeminiClient.Setup);
        Assert.Equal((1008, s_lie), await late.CloseAsync());

        using SimulationGeminiClient resumed = await SimulationGeminiClient.ConnectAsync(address);
        await resumed.SendAsync(resume);
        await resumed.ReceiveAsync("setupComplete");
        Assert.Equal(simulator.Connections[0].Session, simulator.Connections[3].Session);
    }

    [Fact]
    public async Task A_session_ends_with_its_token()
    {
        VirtualTime clock = new();
        TimerWheel wheel = new(clock);
        await using GeminiSimulator simulator = await GeminiSimulator.StartAsync(new GeminiSimulatorOptions { Wheel = wheel, ConnectionLife = TimeSpan.FromHours(2) });
        using SimulationGeminiClient client = await SimulationGeminiClient.ReadyAsync(simulator);
        clock.Advance(TimeSpan.FromMinutes(31));
        wheel.Advance();
        Assert.Equal(1008, (await client.CloseAsync()).Code);
        using SimulationGeminiClient again = await SimulationGeminiClient.ConnectAsync(
            SimulationGeminiClient.Address(simulator, Constrained, "?access_token=" + simulator.Tokens.Minted[0].Name));
        await again.SendAsync(SimulationGeminiClient.Setup);
        Assert.Equal((1007, "Missing or malformed auth token"), await again.CloseAsync());
    }

    [Fact]
    public async Task A_token_with_a_setup_of_its_own_is_no_token_for_ours()
    {
        await using GeminiSimulator simulator = await GeminiSimulator.StartAsync(new GeminiSimulatorOptions());
        string token = await SimulationGeminiClient.MintAsync(simulator, """{"bidiGenerateContentSetup":{"model":"models/gemini-3.8-live"}}""");
        using SimulationGeminiClient client = await SimulationGeminiClient.ConnectAsync(SimulationGeminiClient.Address(simulator, Constrained, "?access_token=" + token));
        await client.SendAsync(SimulationGeminiClient.Setup);
        Assert.Equal(1007, (await client.CloseAsync()).Code);
    }

    [Fact]
    public async Task An_unknown_model_gets_silence_and_a_bare_close()
    {
        VirtualTime clock = new();
        TimerWheel wheel = new(clock);
        await using GeminiSimulator simulator = await GeminiSimulator.StartAsync(new GeminiSimulatorOptions { Wheel = wheel });
        using SimulationGeminiClient client = await SimulationGeminiClient.ConnectAsync(simulator);
        await client.SendAsync("""{"setup":{"model":"models/gemini-4-live"}}""");
        await simulator.Connections[0].Ledger.ReceivedAsync("setup");
        clock.Advance(TimeSpan.FromSeconds(3));
        wheel.Advance();
        await Assert.ThrowsAsync<WebSocketException>(client.CloseAsync); // no close frame
        Assert.Empty(simulator.Connections[0].Ledger.Sent);
    }

    [Theory]
    [InlineData(UnknownModelAnswer.CatchAll, null)]
    [InlineData(UnknownModelAnswer.NotFound, "models/gemini-4-live is not found for API version v1alpha, or is not supported for bidiGenerateContent. Call ListModels to ")]
    internal async Task An_unknown_model_can_be_told_so(UnknownModelAnswer answer, string? reason)
    {
        await using GeminiSimulator simulator = await GeminiSimulator.StartAsync(new GeminiSimulatorOptions { UnknownModel = answer });
        using SimulationGeminiClient client = await SimulationGeminiClient.ConnectAsync(simulator);
        await client.SendAsync("""{"setup":{"model":"models/gemini-4-live"}}""");
        Assert.Equal((1008, reason ?? s_lie), await client.CloseAsync());
    }

    [Fact]
    public async Task Sessions_beyond_the_cap_are_over_quota()
    {
        await using GeminiSimulator simulator = await GeminiSimulator.StartAsync(new GeminiSimulatorOptions { MaxSessions = 1 });
        using SimulationGeminiClient first = await SimulationGeminiClient.ReadyAsync(simulator);
        using SimulationGeminiClient second = await SimulationGeminiClient.ConnectAsync(simulator);
        await second.SendAsync(SimulationGeminiClient.Setup);
        (int code, string reason) = await second.CloseAsync();
        Assert.Equal(1011, code);
        Assert.StartsWith("You exceeded your current quota", reason, StringComparison.Ordinal);
    }

    private static void SetKey(ClientWebSocketOptions options, string key)
    {
        if (key.Length > 0)
        {
            options.SetRequestHeader("x-goog-api-key", key);
        }
    }
}
