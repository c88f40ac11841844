using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using Matrixd.Calls;
using Matrixd.Simulation;
using Matrixd.Tests.Support;
using Matrixd.Transport;
using Xunit;

namespace Matrixd.Tests.EndToEnd;

/// <summary>Who gets in: H3, L1, S1, S3, S4, S6, and that nothing is spent on anyone else.</summary>
public class AdmissionTests
{
    // H3
    [Fact]
    public async Task Sockets_that_say_nothing_are_closed_with_1008_and_cost_no_model()
    {
        int sockets = EndToEndRun.Full ? 1000 : 60;
        await using House house = await House.BuildAsync(House.Scripted, config => config with
        {
            Exotel = config.Exotel with { StartTimeout = TimeSpan.FromSeconds(1) },
            Calls = config.Calls with { MaxCalls = sockets + 10 },
        });

        List<EndToEndLine> lines = [];
        for (int i = 0; i < sockets; i++)
        {
            lines.Add(await house.DialAsync(new EndToEndCall("h3")));
        }

        WebSocketClose[] closes = await Task.WhenAll(lines.Select(line => line.Closed)).WaitAsync(TimeSpan.FromSeconds(60));
        Assert.All(closes, close => Assert.Equal((WebSocketCloseCause.Peer, CloseCodes.PolicyViolation), (close.Cause, close.Code)));
        Assert.Empty(house.Gemini.Connections);
        await house.MetricAsync("slots_taken", 0);
        Assert.Equal(sockets, (await house.MetricsAsync())["exotel_start_timeouts_total"]);
    }

    // L1
    [Fact]
    public async Task Beyond_the_last_free_line_callers_get_503_and_those_inside_notice_nothing()
    {
        const int Calls = 10;
        await using House house = await House.BuildAsync(House.Scripted, config => config with { Calls = config.Calls with { MaxCalls = Calls } });
        short[] speech = Signals.Noise(8000, 1, seed: 15);
        List<EndToEndLine> lines = [];
        for (int i = 0; i < Calls; i++)
        {
            lines.Add(await house.LineAsync($"l1-{i}"));
            await house.ReadyAsync(i);
            lines[i].Speak(speech.AsSpan(0, 4000));
        }

        for (int i = 0; i < 2; i++)
        {
            DialException refused = await Assert.ThrowsAsync<DialException>(() => house.DialAsync(new EndToEndCall("l1-more")));
            Assert.Equal(503, refused.Status);
        }

        using HttpClient http = house.Http();
        using HttpRequestMessage upgrade = Upgrade("/exotel");
        upgrade.Headers.Authorization = House.BasicHeader;
        using HttpResponseMessage busy = await http.SendAsync(upgrade);
        Assert.Equal((HttpStatusCode.ServiceUnavailable, TimeSpan.FromSeconds(5)), (busy.StatusCode, busy.Headers.RetryAfter?.Delta));
        using HttpResponseMessage health = await http.GetAsync("/healthz");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, health.StatusCode);
        Assert.Contains("overloaded", await health.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        lines.ForEach(line => line.Speak(speech.AsSpan(4000)));
        short[] expected = EndToEndSound.Stream(speech, 8000, 16_000);
        foreach (GeminiConnection connection in house.Gemini.Connections)
        {
            await connection.Ledger.WaitAsync(() => connection.Ledger.CallerPcm.Length >= expected.Length / 320 * 320, "all of the caller's audio");
            EndToEndSound.AssertSame(expected.AsSpan(0, expected.Length / 320 * 320), connection.Ledger.CallerPcm);
        }

        lines[0].HangUp();
        await house.MetricAsync("slots_taken", Calls - 1);
        lines.Add(await house.LineAsync("l1-again"));
        await house.ReadyAsync(Calls);
        lines.ForEach(line => line.HangUp());
        Assert.Equal(3, (await house.MetricsAsync())["exotel_busy_total"]);
    }

    // S1
    [Fact]
    public async Task Guessing_credentials_is_refused_then_slowed_costs_nothing_and_locks_the_carrier_out_of_nothing()
    {
        int guesses = EndToEndRun.Full ? 10_000 : 500;
        await using House house = await House.BuildAsync(House.Scripted);
        await Eventually.TrueAsync(() => house.Gemini.Tokens.Minted.Count == 1, "the daemon's own token");
        using HttpClient http = house.Http();
        List<HttpStatusCode> answers = [];
        for (int i = 0; i < guesses; i++)
        {
            using HttpRequestMessage request = Upgrade(i % 3 == 0 ? $"/exotel/{Convert.ToHexString(BitConverter.GetBytes(i))}" : "/exotel");
            request.Headers.Authorization = (i % 6) switch
            {
                1 => Basic($"{House.BasicUser}:{House.BasicPassword[..^1]}"),
                2 => Basic($"{House.BasicUser}:guess-{i}"),
                4 => new AuthenticationHeaderValue("Basic", "not base64 at all"),
                5 => new AuthenticationHeaderValue("Bearer", House.AdminToken),
                _ => null,
            };
            using HttpResponseMessage response = await http.SendAsync(request);
            answers.Add(response.StatusCode);
        }

        Assert.Contains(HttpStatusCode.Unauthorized, answers.Take(30));
        Assert.Contains(HttpStatusCode.NotFound, answers.Take(30));
        Assert.All(answers, status => Assert.Contains(status, (HttpStatusCode[])[HttpStatusCode.Unauthorized, HttpStatusCode.NotFound, HttpStatusCode.TooManyRequests]));
        Assert.Contains(HttpStatusCode.TooManyRequests, answers);
        Assert.Empty(house.Gemini.Connections);
        Assert.Single(house.Gemini.Tokens.Minted);
        Assert.Equal(guesses, (await house.MetricsAsync())["exotel_refused_total"]);
        EndToEndLine line = await house.LineAsync("s1");
        await house.ReadyAsync();
        line.HangUp();
    }

    // S3
    [Fact]
    public async Task A_path_token_dies_when_media_flows_and_a_captured_handshake_with_it()
    {
        await using House house = await House.BuildAsync(House.Scripted);
        EndToEndCall call = new("s3") { Path = new Uri(await house.WarmUrlAsync("s3")).AbsolutePath };
        EndToEndLine line = await house.LineAsync(call);
        await house.ReadyAsync();
        EndToEndLine retry = await house.DialAsync(call with { StreamSid = "s3-retry" }); // no media yet: Exotel may retry its handshake
        retry.Close();
        line.Speak(Signals.Speech(8000, 0.2));
        await house.MetricAsync("caller_frames_total", 10);

        DialException replayed = await Assert.ThrowsAsync<DialException>(() => house.DialAsync(call));

        Assert.Equal(404, replayed.Status);
        line.HangUp();
        await house.EndedAsync("s3");
        await house.RestartAsync();
        Assert.Equal(404, (await Assert.ThrowsAsync<DialException>(() => house.DialAsync(call))).Status);
    }

    // S3
    [Fact]
    public async Task A_path_token_that_has_expired_is_unknown()
    {
        await using House house = await House.BuildAsync(House.Scripted, config => config with { Exotel = config.Exotel with { WarmTtl = TimeSpan.FromMilliseconds(50) } });
        EndToEndCall call = new("s3-late") { Path = new Uri(await house.WarmUrlAsync("s3-late")).AbsolutePath };

        int status = 101;
        await Eventually.TrueAsync(
            async () =>
            {
                try
                {
                    (await house.DialAsync(call)).Close();
                }
                catch (DialException e)
                {
                    status = e.Status;
                }

                return status != 101;
            },
            "the token expires");

        Assert.Equal(404, status);
    }

    // S3
    [Fact]
    public async Task A_path_token_survives_a_restart_of_the_daemon()
    {
        await using House house = await House.BuildAsync(House.Scripted);
        string path = new Uri(await house.WarmUrlAsync("s3-restart")).AbsolutePath;

        await house.RestartAsync();
        EndToEndLine line = await house.LineAsync(new EndToEndCall("s3-restart") { Path = path });

        await house.ReadyAsync();
        line.HangUp();
        Assert.Equal(CallEndReason.CallerHungUp, (await house.EndedAsync("s3-restart")).EndReason);
    }

    // S4
    [Theory]
    [InlineData("account", "evil1", "08040000000")]
    [InlineData("number", "acme1", "08049999999")]
    public async Task A_start_of_another_account_or_for_a_number_of_nobodys_gets_1008(string what, string account, string to)
    {
        await using House house = await House.BuildAsync(House.Scripted, config => config with
        {
            Exotel = config.Exotel with { AccountSid = "acme1" },
            Agents = [config.Agents[0] with { Default = false, Numbers = ["08040000000"] }],
        });

        EndToEndLine wrong = await house.LineAsync(new EndToEndCall($"s4-{what}") { AccountSid = account, To = to });

        Assert.Equal(CloseCodes.PolicyViolation, (await wrong.Closed).Code);
        await house.NoModelLeftAsync();
        EndToEndLine right = await house.LineAsync(new EndToEndCall("s4-right") { To = "+918040000000" });
        await Eventually.TrueAsync(() => house.Gemini.Connections.Any(c => c.Ready), "the right one is served");
        right.HangUp();
    }

    // S6
    [Fact]
    public async Task A_browser_is_turned_away_with_403_whatever_it_knows()
    {
        await using House house = await House.BuildAsync(House.Scripted);
        string path = new Uri(await house.WarmUrlAsync("s6")).AbsolutePath;
        using HttpClient http = house.Http();
        foreach (string target in new[] { "/exotel", path })
        {
            foreach (string origin in new[] { "https://evil.example", "null", house.HttpBase.GetLeftPart(UriPartial.Authority) })
            {
                using HttpRequestMessage request = Upgrade(target);
                request.Headers.Authorization = House.BasicHeader;
                request.Headers.Add("Origin", origin);
                using HttpResponseMessage response = await http.SendAsync(request);
                Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
            }
        }

        EndToEndLine line = await house.LineAsync(new EndToEndCall("s6") { Path = path });
        await house.ReadyAsync();
        line.HangUp();
    }

    internal static HttpRequestMessage Upgrade(string target, HttpMethod? method = null)
    {
        HttpRequestMessage request = new(method ?? HttpMethod.Get, target);
        request.Headers.Connection.Add("Upgrade");
        request.Headers.Upgrade.Add(new ProductHeaderValue("websocket"));
        request.Headers.Add("Sec-WebSocket-Version", 13.ToString(CultureInfo.InvariantCulture));
        request.Headers.Add("Sec-WebSocket-Key", RawWebSocket.Key);
        return request;
    }

    internal static AuthenticationHeaderValue Basic(string pair) => new("Basic", Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(pair)));
}
