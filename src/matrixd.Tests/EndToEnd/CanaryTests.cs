using System.Net.Http.Headers;
using System.Text;
using Matrixd.Agents;
using Matrixd.Simulation;
using Matrixd.Tests.Support;
using Matrixd.Transport;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace Matrixd.Tests.EndToEnd;

/// <summary>S13: every secret and every number is a canary; none sings in logs, metrics or answers, whatever goes wrong.</summary>
public class CanaryTests
{
    private const string ApiKey = "AIzaCANARY-gemini-key-4711";
    private const string BasicPassword = "CANARY-basic-password-4712";
    private const string AdminToken = "CANARY-admin-token-4713";
    private const string ToolKey = "CANARY-tool-key-4714";
    private const string From = "09441233609";
    private const string To = "08037091588";
    private readonly List<string> _seen = [];

    [Theory]
    [InlineData("")]
    [InlineData("status=403@upgrade")]
    [InlineData("close=1007,Missing or malformed auth token@upgrade")]
    [InlineData("close=1008,API key not valid: AIzaCANARY-gemini-key-4711@setup")]
    [InlineData("drop@setup")]
    [InlineData("garbage@ready")]
    [InlineData("status=503,1@mint")]
    [InlineData("garbage@mint")]
    public async Task No_secret_and_no_whole_number_is_told_to_anyone(string fault)
    {
        await using AgentsLoopbackServer crm = await AgentsLoopbackServer.StartAsync((request, http) =>
        {
            http.Response.StatusCode = 500;
            return http.Response.WriteAsync($"broken; your key {request.Headers.GetValueOrDefault("X-Api-Key")} was fine");
        });
        await using House house = await BuildAsync(fault, crm.Url);

        await FailAsync(house);
        string path = await WarmAsync(house);
        await CallAsync(house, new EndToEndCall("canary-1") { From = From, To = To, Basic = $"exotel:{BasicPassword}" });
        await CallAsync(house, new EndToEndCall("canary-2") { From = From, To = To, Path = path });
        await DialAsync(house, new EndToEndCall("canary-2") { Path = path });

        string metrics = (await house.MetricsAsync()).Page;
        string[] canaries =
        [
            ApiKey, BasicPassword, AdminToken, ToolKey, From, To, From[1..], To[1..], path.Split('/')[^1],
            Convert.ToBase64String(Encoding.UTF8.GetBytes($"exotel:{BasicPassword}")),
            .. house.Gemini.Tokens.Minted.Select(token => token.Name["auth_tokens/".Length..]),
        ];
        foreach (string canary in canaries)
        {
            Assert.DoesNotContain(house.LogLines, line => line.Contains(canary, StringComparison.Ordinal));
            Assert.DoesNotContain(canary, metrics, StringComparison.Ordinal);
            Assert.DoesNotContain(_seen, text => text.Contains(canary, StringComparison.Ordinal));
        }

        Assert.Contains(house.LogLines, line => line.Contains("canary-1", StringComparison.Ordinal)); // there was something to sing in
    }

    private static Task<House> BuildAsync(string fault, Uri crm) => House.BuildAsync(
        House.Scripted with
        {
            Faults = fault.Length > 0 ? [FaultSpec.Parse(fault)] : [],
        },
        config => config with
        {
            Server = config.Server with { AdminToken = AdminToken },
            Exotel = config.Exotel with { BasicPassword = BasicPassword },
            Gemini = config.Gemini with { ApiKey = ApiKey },
            Calls = config.Calls with { ModelReadyTimeout = TimeSpan.FromSeconds(1) },
            Agents = [config.Agents[0] with { Tools = ["lookup_order"] }],
            Tools =
            [
                new ToolOptions { Name = "lookup_order", Description = "State of an order.", Url = new Uri(crm, "/orders?key=" + ToolKey), Headers = [new("X-Api-Key", ToolKey)] },
            ],
        });

    // What strangers and slips bring about at the door.
    private async Task FailAsync(House house)
    {
        using HttpClient http = house.Http();
        foreach ((string target, string? scheme, string? value) in new (string, string?, string?)[]
        {
            ("/exotel", "Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"exotel:{BasicPassword}x"))),
            ("/exotel", "Bearer", AdminToken),
            ($"/exotel/{BasicPassword}", null, null),
            ($"/voicebot?CallSid=x&CallFrom={From}&CallTo={To}", null, null),
            ($"/voicebot?CallSid=a%20b&CallFrom={From}&CallTo={To}", "Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"exotel:{BasicPassword}"))),
            ("/api/sessions", "Bearer", AdminToken + "x"),
            ($"/api/sessions/{From}", "Bearer", AdminToken),
            ($"/api/sessions?state={To}", "Basic", AdminToken),
            ($"/{ApiKey}", null, null),
        })
        {
            using HttpRequestMessage request = target.StartsWith("/exotel", StringComparison.Ordinal) ? AdmissionTests.Upgrade(target) : new HttpRequestMessage(HttpMethod.Get, target);
            request.Headers.Authorization = scheme is null ? null : new AuthenticationHeaderValue(scheme, value);
            using HttpResponseMessage response = await http.SendAsync(request);
            Assert.True((int)response.StatusCode >= 400, target);
            _seen.Add(response.ToString() + await response.Content.ReadAsStringAsync());
        }

        using StringContent body = new($$"""{"call_sid":"canary 3","to":"{{To}}","agent":"nobody"}""", Encoding.UTF8, "application/json");
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", AdminToken);
        using HttpResponseMessage refused = await http.PostAsync("/api/sessions", body);
        _seen.Add(await refused.Content.ReadAsStringAsync());
    }

    private static async Task<string> WarmAsync(House house)
    {
        using HttpClient http = house.Http();
        http.DefaultRequestHeaders.Authorization = AdmissionTests.Basic($"exotel:{BasicPassword}");
        string answer = await http.GetStringAsync($"/voicebot?CallSid=canary-2&CallFrom={From}&CallTo={To}");
        return "/exotel/" + answer.Split("/exotel/")[1].TrimEnd('}', '"', '\n');
    }

    private async Task CallAsync(House house, EndToEndCall call)
    {
        EndToEndLine? line = await DialAsync(house, call);
        if (line is null)
        {
            return;
        }

        int before = house.Gemini.Connections.Count;
        line.Start("""{"k":"v"}""");
        line.Speak(Signals.Speech(8000, 0.2));
        line.Send($$"""{"event":"{{From}}"}""");
        await Eventually.TrueAsync(() => line.Closed.IsCompleted || house.Gemini.Connections.Skip(before).Any(c => c.Ready), "the call begins or fails");
        foreach (GeminiConnection connection in house.Gemini.Connections.Skip(before))
        {
            connection.SendToolCall("call-1", new GeminiToolCall("lookup_order", $$"""{"number":"{{From}}"}"""));
        }

        line.Send($"{{\"event\":\"{To}"); // no frame: the call ends with the fault
        _seen.Add((await line.Closed.WaitAsync(TimeSpan.FromSeconds(20))).Reason);
        await house.EndedAsync(call.CallSid);
    }

    private async Task<EndToEndLine?> DialAsync(House house, EndToEndCall call)
    {
        try
        {
            return await house.DialAsync(call);
        }
        catch (DialException e)
        {
            _seen.Add(e.ToString());
            return null;
        }
    }
}
