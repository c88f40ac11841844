using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Matrixd.Simulation;
using Matrixd.Tests.Support;
using Xunit;

namespace Matrixd.Tests.EndToEnd;

/// <summary>The whole public surface, status by status, over one daemon.</summary>
public sealed class HttpTests : IAsyncLifetime
{
    private House _house = null!;
    private HttpClient _http = null!;

    public async Task InitializeAsync()
    {
        _house = await House.BuildAsync(House.Scripted);
        _http = _house.Http();
    }

    public async Task DisposeAsync()
    {
        _http.Dispose();
        await _house.DisposeAsync();
    }

    [Theory]
    [InlineData("GET", "/exotel", true, "basic", 101)]
    [InlineData("GET", "/exotel", true, "", 401)]
    [InlineData("GET", "/exotel", true, "wrong", 401)]
    [InlineData("GET", "/exotel/no-such-token", true, "basic", 404)]
    [InlineData("GET", "/exotel/", true, "basic", 404)]
    [InlineData("GET", "/exotel/a/b", true, "basic", 404)]
    [InlineData("GET", "/exotel/..%2fapi", true, "basic", 404)]
    [InlineData("GET", "/exotelx", true, "basic", 404)]
    [InlineData("GET", "/Exotel", true, "basic", 404)]
    [InlineData("GET", "/", false, "", 404)]
    [InlineData("GET", "/favicon.ico", false, "", 404)]
    [InlineData("GET", "/exotel", false, "basic", 426)]
    [InlineData("POST", "/exotel", false, "basic", 405)]
    [InlineData("DELETE", "/exotel", true, "basic", 405)]
    [InlineData("GET", "/voicebot?CallSid=http-1", false, "basic", 200)]
    [InlineData("GET", "/voicebot?CallSid=http-1", false, "", 401)]
    [InlineData("GET", "/voicebot?CallSid=http-1", false, "wrong", 401)]
    [InlineData("GET", "/voicebot", false, "basic", 400)]
    [InlineData("GET", "/voicebot?CallSid=../../etc/passwd", false, "basic", 400)]
    [InlineData("PUT", "/voicebot?CallSid=http-1", false, "basic", 405)]
    [InlineData("GET", "/healthz", false, "", 200)]
    [InlineData("GET", "/metrics", false, "", 200)]
    [InlineData("GET", "/api/sessions", false, "", 401)]
    [InlineData("GET", "/api/sessions", false, "basic", 401)]
    [InlineData("GET", "/api/sessions", false, "wrong bearer", 401)]
    [InlineData("POST", "/api/sessions", false, "wrong bearer", 401)]
    [InlineData("GET", "/api/sessions", false, "admin", 200)]
    [InlineData("GET", "/api/sessions?state=live&limit=5", false, "admin", 200)]
    [InlineData("GET", "/api/sessions?state=7", false, "admin", 400)]
    [InlineData("GET", "/api/sessions/nobody", false, "admin", 404)]
    [InlineData("GET", "/api/sessions/..%2f..%2fmatrixd.db", false, "admin", 404)]
    [InlineData("DELETE", "/api/sessions", false, "admin", 405)]
    [InlineData("POST", "/api/sessions/http-1", false, "admin", 405)]
    [InlineData("GET", "/api/sessionsx", false, "admin", 404)]
    public async Task Every_request_gets_the_status_that_is_promised(string method, string target, bool upgrade, string who, int status)
    {
        using HttpRequestMessage request = upgrade ? AdmissionTests.Upgrade(target, new HttpMethod(method)) : new HttpRequestMessage(new HttpMethod(method), target);
        request.Headers.Authorization = who switch
        {
            "basic" => House.BasicHeader,
            "wrong" => AdmissionTests.Basic("exotel:wrong"),
            "wrong bearer" => new AuthenticationHeaderValue("Bearer", House.AdminToken[..^1]),
            "admin" => new AuthenticationHeaderValue("Bearer", House.AdminToken),
            _ => null,
        };

        using HttpResponseMessage response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);

        Assert.Equal(status, (int)response.StatusCode);
        Assert.False(response.Headers.Contains("Server"));
        switch (status)
        {
            case 401:
                Assert.NotEmpty(response.Headers.WwwAuthenticate);
                break;
            case 405:
                Assert.NotEmpty(response.Content.Headers.Allow);
                break;
            case 426:
                Assert.Equal("websocket", response.Headers.Upgrade.ToString());
                break;
        }
    }

    [Theory]
    [InlineData("application/x-www-form-urlencoded", "CallSid=http-form&CallFrom=09441233609&CallTo=08040000000&Direction=incoming", "http-form")]
    [InlineData("application/json", """{"CallSid":"http-json","From":"09441233609","To":"08040000000"}""", "http-json")]
    [InlineData("multipart/form-data", "CallSid=http-multi", "http-multi")]
    public async Task The_dynamic_url_takes_query_form_json_and_multipart(string type, string body, string callSid)
    {
        using HttpRequestMessage request = new(HttpMethod.Post, "/voicebot");
        request.Headers.Authorization = House.BasicHeader;
        if (type == "multipart/form-data")
        {
            request.Content = new MultipartFormDataContent { { new StringContent(body.Split('=')[1]), body.Split('=')[0] } };
        }
        else
        {
            request.Content = new StringContent(body, Encoding.UTF8, type);
        }

        using HttpResponseMessage response = await _http.SendAsync(request);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        using JsonDocument answer = JsonDocument.Parse(await response.Content.ReadAsStringAsync());
        Assert.StartsWith($"ws://{_house.HttpBase.Authority}/exotel/", answer.RootElement.GetProperty("url").GetString(), StringComparison.Ordinal);
        Assert.Equal(Matrixd.Calls.SessionState.Warm, (await _house.SessionAsync(callSid))!.State);
    }

    [Theory]
    [InlineData("", "object")]
    [InlineData("[]", "object")]
    [InlineData("{", "object")]
    [InlineData("{}", "call_sid")]
    [InlineData("""{"call_sid":"../x"}""", "call_sid")]
    [InlineData("""{"call_sid":"bad","direction":"sideways"}""", "direction")]
    [InlineData("""{"call_sid":"bad","state":"live"}""", "state")]
    [InlineData("""{"call_sid":"bad","agent":"nobody"}""", "agent")]
    [InlineData("""{"call_sid":"bad","variables":{"a":1}}""", "object")]
    public async Task A_session_that_cannot_be_made_is_refused_with_the_field_named(string json, string named)
    {
        using HttpClient admin = _house.Http(admin: true);
        using StringContent body = new(json, Encoding.UTF8, "application/json");

        using HttpResponseMessage response = await admin.PostAsync("/api/sessions", body);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        using JsonDocument answer = JsonDocument.Parse(await response.Content.ReadAsStringAsync());
        Assert.Contains(named, answer.RootElement.GetProperty("error").GetString(), StringComparison.Ordinal);
        Assert.Null(await _house.SessionAsync("bad"));
    }

    [Fact]
    public async Task A_body_beyond_64_KiB_is_not_read()
    {
        using HttpClient admin = _house.Http(admin: true);
        using StringContent body = new($$"""{"call_sid":"large","objective":"{{new string('x', 100_000)}}"}""", Encoding.UTF8, "application/json");

        using HttpResponseMessage response = await admin.PostAsync("/api/sessions", body);

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, response.StatusCode);
    }

    [Fact]
    public async Task A_session_is_shown_with_its_turns_as_it_was_made_and_lived()
    {
        await _house.CreateSessionAsync("""{"call_sid":"api-1","agent":"reception","objective":"Ask how it went.","contact":"c-1","state":"intent","to":"09441233609"}""");
        EndToEndLine line = await _house.LineAsync("api-1");
        GeminiConnection connection = await _house.ReadyAsync(_house.Gemini.Connections.Count);
        short[] turn = Signals.Noise(24_000, 0.2, seed: 16);
        _ = connection.SayAsync(turn, "How did it go?");
        await line.TurnsAsync(turn);
        line.HangUp();
        await _house.EndedAsync("api-1");

        using HttpClient admin = _house.Http(admin: true);
        using JsonDocument shown = JsonDocument.Parse(await admin.GetStringAsync("/api/sessions/api-1"));
        using JsonDocument list = JsonDocument.Parse(await admin.GetStringAsync("/api/sessions?state=ended"));

        JsonElement row = shown.RootElement;
        Assert.Equal("outbound", row.GetProperty("direction").GetString());
        Assert.Equal("ended", row.GetProperty("state").GetString());
        Assert.Equal("caller_hung_up", row.GetProperty("end_reason").GetString());
        Assert.Equal("Ask how it went.", row.GetProperty("objective").GetString());
        Assert.Equal("c-1", row.GetProperty("contact").GetString());
        Assert.Equal("How did it go?", row.GetProperty("turns")[0].GetProperty("said").GetString());
        Assert.Contains(list.RootElement.EnumerateArray(), r => r.GetProperty("call_sid").GetString() == "api-1");
    }

    [Fact]
    public async Task Without_an_admin_token_the_api_answers_this_machine_and_nobody_behind_a_proxy()
    {
        await using House open = await House.BuildAsync(House.Scripted, config => config with { Server = config.Server with { AdminToken = "" } });
        using HttpClient http = open.Http();
        using HttpRequestMessage forwarded = new(HttpMethod.Get, "/api/sessions") { Headers = { { "X-Forwarded-For", "203.0.113.9" } } };
        using HttpRequestMessage metrics = new(HttpMethod.Get, "/metrics") { Headers = { { "X-Forwarded-For", "203.0.113.9" } } };

        using HttpResponseMessage local = await http.GetAsync("/api/sessions");
        using HttpResponseMessage passedOn = await http.SendAsync(forwarded);
        using HttpResponseMessage passedOnMetrics = await http.SendAsync(metrics);

        Assert.Equal(HttpStatusCode.OK, local.StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, passedOn.StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, passedOnMetrics.StatusCode);
    }

    [Fact]
    public async Task Health_says_how_many_calls_there_are_and_of_how_many()
    {
        using JsonDocument before = JsonDocument.Parse(await _http.GetStringAsync("/healthz"));

        Assert.Equal("ok", before.RootElement.GetProperty("status").GetString());
        Assert.Equal(50, before.RootElement.GetProperty("max_calls").GetInt32());
        Assert.Equal(["calls", "max_calls", "status"], before.RootElement.EnumerateObject().Select(p => p.Name).Order());
    }

    [Fact]
    public async Task The_metrics_page_is_what_prometheus_reads()
    {
        using HttpResponseMessage response = await _http.GetAsync("/metrics");
        string page = await response.Content.ReadAsStringAsync();

        Assert.Equal("text/plain", response.Content.Headers.ContentType!.MediaType);
        string[] lines = page.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.All(lines.Where(l => l[0] != '#'), line => Assert.Matches("""^matrixd_[a-z0-9_]+(\{[a-z_]+="[^"\\]*"(,[a-z_]+="[^"\\]*")*\})? -?[0-9.]+$""", line));
        string[] names = [.. lines.Where(l => l[0] != '#').Select(l => l.Split(' ', '{')[0]).Distinct()];
        Assert.All(names, name => Assert.Contains(lines, l => l.StartsWith($"# TYPE {name} ", StringComparison.Ordinal) || l == $"# TYPE {Histogram(name)} histogram"));
        Assert.All(names.Where(n => n.EndsWith("_total", StringComparison.Ordinal)), name => Assert.Contains($"# TYPE {name} counter", lines));
    }

    // A histogram's lines have endings of their own.
    private static string Histogram(string name) =>
        new[] { "_bucket", "_sum", "_count" }.FirstOrDefault(ending => name.EndsWith(ending, StringComparison.Ordinal)) is { } ending ? name[..^ending.Length] : name;
}
