using Matrixd.Audio;
using Matrixd.Calls;
using Matrixd.Simulation;
using Matrixd.Tests.Support;
using Matrixd.Transport;
using Xunit;

namespace Matrixd.Tests.EndToEnd;

/// <summary>Gemini that cannot be reached, refuses or never answers: U11, U12, U13.</summary>
public sealed class ModelFaultTests : IDisposable
{
    private const string BadToken = "close=1007,Missing or malformed auth token@upgrade";
    private readonly string _apology = Path.GetTempFileName();

    public void Dispose() => File.Delete(_apology);

    // U11
    [Fact]
    public async Task A_refused_token_is_replaced_once_and_the_call_goes_on()
    {
        await using House house = await House.BuildAsync(House.Scripted with { Faults = [FaultSpec.Parse(BadToken + "*1")] });

        EndToEndLine line = await house.LineAsync("u11-once");
        GeminiConnection second = await house.ReadyAsync(1);
        line.Speak(Signals.Speech(8000, 0.3));
        await second.Ledger.WaitAsync(() => second.Ledger.AudioMessages >= 14, "the caller's audio");
        line.HangUp();

        Assert.Equal(CallEndReason.CallerHungUp, (await house.EndedAsync("u11-once")).EndReason);
        Assert.Equal(2, house.Gemini.Tokens.Minted.Count);
        Assert.Equal(1, (await house.MetricsAsync())["gemini_token_retries_total"]);
    }

    // U11
    [Fact]
    public async Task A_token_refused_twice_ends_the_call_without_a_loop_and_never_stands_in_the_log()
    {
        await using House house = await House.BuildAsync(House.Scripted with { Faults = [FaultSpec.Parse(BadToken)] });

        EndToEndLine line = await house.LineAsync("u11-twice");

        Assert.Equal(CloseCodes.InternalError, (await line.Closed).Code);
        Assert.Equal(CallEndReason.ModelRefused, (await house.EndedAsync("u11-twice")).EndReason);
        Assert.Equal(2, house.Gemini.Connections.Count);
        Assert.Equal(2, house.Gemini.Tokens.Minted.Count);
        string log = string.Join('\n', house.LogLines);
        Assert.All(house.Gemini.Tokens.Minted, token => Assert.DoesNotContain(token.Name["auth_tokens/".Length..], log, StringComparison.Ordinal));
        await house.NoModelLeftAsync();
    }

    // U12
    [Theory]
    [InlineData(400, "model_refused")]
    [InlineData(401, "model_refused")]
    [InlineData(403, "model_refused")]
    [InlineData(404, "model_refused")]
    [InlineData(429, "model_refused")]
    [InlineData(500, "model_unreachable")]
    [InlineData(503, "model_unreachable")]
    public async Task A_handshake_that_is_refused_ends_the_call_with_its_status_told(int status, string reason)
    {
        await using House house = await House.BuildAsync(House.Scripted with { Faults = [FaultSpec.Parse($"status={status}@upgrade")] });

        EndToEndLine line = await house.LineAsync($"u12-{status}");

        Assert.Equal(CloseCodes.InternalError, (await line.Closed).Code);
        Session row = await house.EndedAsync($"u12-{status}");
        Assert.Equal(reason, row.EndReason.Word());
        Assert.Contains($"{status}", row.EndDetail, StringComparison.Ordinal);
        Assert.Contains((await house.MetricsAsync()).Values.Keys, name => name.StartsWith($"matrixd_model_closes_total{{code=\"{status}\",stage=\"upgrade\",cause=\"", StringComparison.Ordinal));
        Assert.Contains(house.LogLines, log => log.Contains($"u12-{status}", StringComparison.Ordinal) && log.Contains($"{status} ", StringComparison.Ordinal));
        Assert.Equal(1, (await house.MetricsAsync())["gemini_dial_failures_total"]);
        await house.NoModelLeftAsync();
    }

    // U12: our own deadline for the 101 is 5 s.
    [Fact]
    public async Task A_101_that_comes_after_15_s_is_not_waited_for()
    {
        await using House house = await House.BuildAsync(House.Scripted with { Faults = [FaultSpec.Parse("late@upgrade:15")] });

        EndToEndLine line = await house.LineAsync("u12-slow");

        Assert.Equal(CloseCodes.InternalError, (await line.Closed).Code);
        Assert.Equal(CallEndReason.ModelUnreachable, (await house.EndedAsync("u12-slow")).EndReason);
        Assert.Empty(house.Gemini.Connections);
    }

    // U12
    [Fact]
    public async Task A_101_with_a_fault_of_the_service_right_behind_it_ends_the_call_as_unreachable()
    {
        await using House house = await House.BuildAsync(House.Scripted with { Faults = [FaultSpec.Parse("close=1011,Internal error encountered.@upgrade")] });

        EndToEndLine line = await house.LineAsync("u12-close");

        Assert.Equal(CloseCodes.InternalError, (await line.Closed).Code);
        Session row = await house.EndedAsync("u12-close");
        Assert.Equal(CallEndReason.ModelUnreachable, row.EndReason);
        Assert.StartsWith("close 1011 Internal error encountered.; ", row.EndDetail, StringComparison.Ordinal);
        Assert.Single(house.Gemini.Connections);
    }

    // The tenth of the rules that production taught: a wrong name fails without a word, so it is told before the first call.
    [Fact]
    public async Task The_daemons_start_looks_the_model_up_and_names_the_nearest()
    {
        await using House house = await House.BuildAsync(House.Scripted, config => config with { Gemini = config.Gemini with { Model = "gemini-3.8-lve" } });

        await Eventually.TrueAsync(
            () => house.LogLines.Any(line => line.Contains("model gemini-3.8-lve is not on the list of live models", StringComparison.Ordinal)
                && line.Contains("Nearest: gemini-3.8-live,", StringComparison.Ordinal)),
            "the warning");
    }

    // U10
    [Theory]
    [InlineData("close=1011,You exceeded your current quota, please check your plan and billing details.@setup")]
    [InlineData("status=429@upgrade")]
    public async Task A_used_up_quota_closes_admission_for_a_while_and_nothing_is_asked_again(string fault)
    {
        await using House house = await House.BuildAsync(House.Scripted with { Faults = [FaultSpec.Parse(fault)] });
        EndToEndLine line = await house.LineAsync("u10");
        Assert.Equal(CallEndReason.ModelRefused, (await house.EndedAsync("u10")).EndReason);
        await line.Closed;
        int asked = house.Gemini.Connections.Count;

        using HttpClient http = house.Http();
        using HttpResponseMessage health = await http.GetAsync("/healthz");
        http.DefaultRequestHeaders.Authorization = House.BasicHeader;
        using HttpResponseMessage dynamic = await http.GetAsync($"{house.Config.Exotel.DynamicPath}?CallSid=u10-next&CallTo=08040000000");
        DialException refused = await Assert.ThrowsAsync<DialException>(() => house.DialAsync(new EndToEndCall("u10-next")));

        Assert.Equal((503, 503, 503), ((int)health.StatusCode, (int)dynamic.StatusCode, refused.Status));
        Assert.NotNull(dynamic.Headers.RetryAfter);
        Assert.Equal(asked, house.Gemini.Connections.Count);
        Assert.Equal(1, (await house.MetricsAsync())["admission_held"]);
    }

    // Ends that we ask for are no closes of the service.
    [Fact]
    public async Task A_call_that_ends_well_counts_as_no_close()
    {
        await using House house = await House.BuildAsync(House.Scripted);
        EndToEndLine line = await house.LineAsync("well");
        await house.ReadyAsync();
        line.HangUp();
        await house.EndedAsync("well");
        await house.NoModelLeftAsync();

        Assert.DoesNotContain((await house.MetricsAsync()).Values.Keys, name => name.StartsWith("matrixd_model_closes_total", StringComparison.Ordinal));
    }

    // U13
    [Theory]
    [InlineData("stall@setup")]
    [InlineData("late@setup:9")]
    public async Task Without_setupComplete_in_time_the_caller_hears_the_apology_to_its_end_and_then_the_next_applet(string fault)
    {
        Assert.Equal(TimeSpan.FromSeconds(8), new CallsOptions { MaxCalls = 1 }.ModelReadyTimeout);
        short[] sorry = Signals.Noise(8000, 0.73, seed: 6);
        WavFile.Write(_apology, 8000, 1, sorry);
        await using House house = await House.BuildAsync(House.Scripted with { Faults = [FaultSpec.Parse(fault)] }, config => config with
        {
            Calls = config.Calls with { ModelReadyTimeout = TimeSpan.FromSeconds(1) },
            Agents = [config.Agents[0] with { Apology = _apology }],
        });

        EndToEndLine line = await house.LineAsync("u13");

        Assert.Equal(CloseCodes.InternalError, (await line.Closed).Code);
        EndToEndSound.AssertLegal(line.Events);
        EndToEndSound.AssertSame(sorry, line.Audio.AsSpan(0, sorry.Length));
        Assert.All(line.Audio[sorry.Length..], sample => Assert.Equal(0, sample));
        Session row = await house.EndedAsync("u13");
        Assert.Equal(CallEndReason.ModelUnreachable, row.EndReason);
        Assert.Contains("setupComplete", row.EndDetail, StringComparison.Ordinal);
        await house.NoModelLeftAsync();
    }

    // U13
    [Fact]
    public async Task Without_an_apology_the_socket_closes_at_once()
    {
        await using House house = await House.BuildAsync(
            House.Scripted with { Faults = [FaultSpec.Parse("stall@setup")] },
            config => config with { Calls = config.Calls with { ModelReadyTimeout = TimeSpan.FromSeconds(1) } });

        EndToEndLine line = await house.LineAsync("u13-plain");

        Assert.Equal(CloseCodes.InternalError, (await line.Closed).Code);
        Assert.Empty(line.Events);
        Assert.Equal(CallEndReason.ModelUnreachable, (await house.EndedAsync("u13-plain")).EndReason);
    }

    [Fact]
    public async Task A_model_lost_in_the_middle_of_a_call_is_apologised_for()
    {
        short[] sorry = Signals.Noise(8000, 0.4, seed: 7);
        WavFile.Write(_apology, 8000, 1, sorry);
        await using House house = await House.BuildAsync(House.OnlyOnce, config => House.Impatient(config) with { Agents = [config.Agents[0] with { Apology = _apology }] });
        EndToEndLine line = await house.LineAsync("lost");
        GeminiConnection connection = await house.ReadyAsync();
        line.Speak(Signals.Speech(8000, 0.1));
        await connection.Ledger.WaitAsync(() => connection.Ledger.AudioMessages > 0, "audio, so that setupComplete has been read");

        connection.Drop();

        Assert.Equal(CloseCodes.InternalError, (await line.Closed).Code);
        EndToEndSound.AssertSame(sorry, line.Audio.AsSpan(0, sorry.Length));
        Assert.Equal(CallEndReason.ModelLost, (await house.EndedAsync("lost")).EndReason);
    }
}
