using System.Text.Json;
using System.Text.RegularExpressions;
using Matrixd.Simulation;
using Matrixd.Tests.Support;
using Xunit;

namespace Matrixd.Tests.EndToEnd;

/// <summary>What production taught about Gemini's side, each rule on the real wire.</summary>
public class ProductionRules
{
    private const string Constrained = "/ws/google.ai.generativelanguage.v1alpha.GenerativeService.BidiGenerateContentConstrained?access_token=";

    [Fact]
    public async Task Rule_1_the_token_goes_to_the_constrained_method_with_its_slash_as_it_is()
    {
        await using House house = await House.BuildAsync(House.Scripted);

        await house.LineAsync("rule-1");
        GeminiConnection connection = await house.ReadyAsync();

        GeminiToken token = Assert.Single(house.Gemini.Tokens.Minted);
        Assert.StartsWith("auth_tokens/", token.Name, StringComparison.Ordinal);
        Assert.Equal(Constrained + token.Name, connection.Request.Target);
        Assert.DoesNotContain("x-goog-api-key", connection.Request.Headers.Keys);
    }

    [Fact]
    public async Task Rule_2_tokens_are_minted_plain_and_the_setup_is_answered_before_anything_else_is_said()
    {
        GeminiScript held = new() { HoldSetupComplete = true };
        await using House house = await House.BuildAsync(House.Scripted with { Script = _ => held });

        EndToEndLine line = await house.LineAsync("rule-2");
        GeminiConnection connection = await house.Gemini.ConnectionAsync(0);
        await connection.Ledger.ReceivedAsync("setup");
        line.Speak(Signals.Speech(8000, 0.2));
        await house.MetricAsync("caller_frames_total", 10);

        Assert.Equal(["setup"], connection.Ledger.Received.Select(r => r.Kind));
        connection.SendSetupComplete();
        await connection.Ledger.WaitAsync(() => connection.Ledger.AudioMessages >= 9, "what was said meanwhile");
        Assert.Equal(1, connection.Ledger.Received.Count(r => r.Kind == "setup"));
        GeminiRequest mint = Assert.Single(house.Gemini.Requests, r => r.Method == "POST");
        Assert.Equal("/v1alpha/auth_tokens", mint.Target);
        using JsonDocument body = JsonDocument.Parse(mint.Body);
        Assert.Equal(["expireTime", "newSessionExpireTime", "uses"], body.RootElement.EnumerateObject().Select(p => p.Name).Order());
    }

    [Fact]
    public async Task Rule_3_the_setup_is_camelCase_and_caller_audio_is_snake_case_in_one_audio()
    {
        await using House house = await House.BuildAsync(House.Scripted);

        EndToEndLine line = await house.LineAsync("rule-3");
        GeminiConnection connection = await house.ReadyAsync();
        line.Speak(Signals.Speech(8000, 0.1));
        GeminiReceived audio = await connection.Ledger.ReceivedAsync("realtime_input.audio");

        GeminiReceived setup = await connection.Ledger.ReceivedAsync("setup");
        Assert.All(Names(setup.Json), name => Assert.Matches("^[a-z][A-Za-z]*$", name));
        Assert.Contains("systemInstruction", Names(setup.Json));
        Assert.Matches(new Regex("""^\{"realtime_input":\{"audio":\{"mime_type":"audio/pcm;rate=16000","data":"[A-Za-z0-9+/]+=*"\}\}\}$"""), audio.Text);
        Assert.Null(connection.Refused);
    }

    [Fact]
    public async Task Rule_4_one_token_of_10000_uses_outlives_its_refresh_and_the_longest_call_and_is_used_again_after_a_restart()
    {
        await using House house = await House.BuildAsync(House.Scripted);
        EndToEndLine first = await house.LineAsync("rule-4-a");
        await house.ReadyAsync(0);
        first.HangUp();
        await house.EndedAsync("rule-4-a");

        await house.RestartAsync();
        await house.LineAsync("rule-4-b");
        GeminiConnection second = await house.ReadyAsync(1);

        GeminiToken token = Assert.Single(house.Gemini.Tokens.Minted);
        Assert.Equal(10_000, token.Uses);
        Assert.Equal(2, token.Used);
        Assert.EndsWith(token.Name, second.Request.Target, StringComparison.Ordinal);
        TimeSpan window = token.NewSessionExpireTime - DateTimeOffset.UtcNow;
        Assert.True(window > house.Config.Gemini.SharedTokenRefresh * 1.1, $"new sessions for {window}: a late refresh would leave none");
        Assert.True(token.ExpireTime - token.NewSessionExpireTime >= house.Config.Gemini.CallMax, "a call that begins last must end of itself");
    }

    [Fact]
    public async Task Rule_4_a_browser_token_has_one_use_and_600_seconds_to_begin()
    {
        await using House house = await House.BuildAsync(House.Scripted);
        await Eventually.TrueAsync(() => house.Gemini.Tokens.Minted.Count == 1, "the shared token is minted");

        DateTimeOffset before = DateTimeOffset.UtcNow;
        Matrixd.Gemini.StoredToken browser = await house.Daemon.Tokens.MintBrowserAsync(CancellationToken.None);

        GeminiToken minted = house.Gemini.Tokens.Minted[^1];
        Assert.Equal(minted.Name, browser.Value);
        Assert.Equal(1, minted.Uses);
        Assert.InRange((minted.NewSessionExpireTime - before).TotalSeconds, 598, 660);
        Assert.False(minted.Constrained);
    }

    [Fact]
    public async Task Rule_5_only_http_1_1_is_offered_to_a_server_that_would_rather_speak_h2()
    {
        await using House house = await House.BuildAsync(House.Scripted with { Tls = true });

        await house.LineAsync("rule-5");
        GeminiConnection connection = await house.ReadyAsync();

        Assert.Equal("HTTP/1.1", connection.Request.Protocol);
        Assert.Null(connection.Refused);
    }

    [Fact]
    public async Task Rule_8_the_objective_of_an_outbound_call_stands_under_its_own_heading_in_the_setup()
    {
        await using House house = await House.BuildAsync(House.Scripted);
        await house.CreateSessionAsync("""{"call_sid":"rule-8","objective":"Remind Asha of her appointment on Friday.","agent":"reception"}""");

        await house.LineAsync("rule-8");
        GeminiConnection connection = await house.ReadyAsync();

        string instruction = Instruction(await connection.Ledger.ReceivedAsync("setup"));
        string block = Assert.Single(instruction.Split("\n\n"), part => part.Contains("Asha", StringComparison.Ordinal));
        Assert.Equal("Your objective on THIS call\nRemind Asha of her appointment on Friday.", block);
        Assert.Contains("You answer the phone.", instruction, StringComparison.Ordinal);
    }

    internal static string Instruction(GeminiReceived setup) =>
        setup.Json.GetProperty("setup").GetProperty("systemInstruction").GetProperty("parts")[0].GetProperty("text").GetString()!;

    private static IEnumerable<string> Names(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => element.EnumerateObject().SelectMany(p => Names(p.Value).Prepend(p.Name)),
        JsonValueKind.Array => element.EnumerateArray().SelectMany(Names),
        _ => [],
    };
}
