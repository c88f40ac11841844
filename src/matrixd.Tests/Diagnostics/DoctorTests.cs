using Matrixd.Diagnostics.Doctor;
using Matrixd.Simulation;
using Matrixd.Storage;
using Matrixd.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Matrixd.Tests.Diagnostics;

/// <summary>The doctor against both services on loopback: all fine, and each broken thing as exactly its own finding.</summary>
public sealed class DoctorTests
{
    private const string Model = "model gemini-3.1-flash-live-preview";
    private const string Session = "session reception";
    private const string CatchAll = "Method doesn't allow unregistered callers (callers without established identity).";

    [Fact]
    public async Task Where_all_is_well_nothing_is_broken()
    {
        await using DoctorRig rig = await DoctorRig.BuildAsync();
        await using House house = await rig.DaemonAsync();
        await using (Database.Open(Path.Combine(rig.Folder, "matrixd.db"), TimeProvider.System, NullLogger.Instance))
        {
            DoctorReading reading = await rig.RunAsync(); // while a daemon holds the store

            Assert.Equal(["public URL"], reading.With("explained")); // plain ws: nobody else is listening on loopback
            Assert.Empty(reading.With("broken"));
            Assert.Empty(reading.With("not_checked"));
            Assert.Equal("ok", reading.Last.GetProperty("result").GetString());
            Assert.Equal("http/1.1 was negotiated", reading.Text("ALPN"));
            Assert.Contains("certificate by CN=matrixd simulator CA, good until ", reading.Text("TLS to Gemini"));
            Assert.Contains("3 of 100 streams are active", reading.Text("Exotel API"));
            Assert.Contains("a WebSocket was opened with our credential", reading.Text("public URL"));
            Assert.Contains("a frame of audio was taken", reading.Text(Session));
            Assert.EndsWith("mode 0600", reading.Text("gemini api key"));
        }

        Assert.Single(rig.Gemini.Connections);
        await Eventually.TrueAsync(() => rig.Gemini.Open == 0, "the session is closed again");
        Assert.Equal("GET /v1/Accounts/acme1/ActiveStreams", await NextAsync(rig));
        await Eventually.TrueAsync(() => house.Daemon.Registry.Slots == 0, "the line is free again");
        Assert.Empty(await house.ReadAsync((sessions, _) => sessions.ListAsync(new Matrixd.Calls.SessionFilter())));
    }

    [Fact]
    public async Task People_get_marks_and_the_fix_under_what_is_broken()
    {
        await using DoctorRig rig = await DoctorRig.BuildAsync();
        rig.Set("gemini", "model", "\"gemini-3.1-flash-live-perview\"");

        (DoctorOutcome outcome, string text) = await rig.PrintAsync(json: false);

        Assert.Equal(2, outcome.Broken);
        Assert.Contains("\n✓ ALPN                  http/1.1 was negotiated\n", text);
        Assert.Contains("\n✗ model gemini-3.1-flash-live-perview  is not on the list of live models; ", text);
        Assert.Contains("\n                        → set [gemini] model = \"gemini-3.1-flash-live-preview\"; near too: gemini-3.8-live, ", text);
        Assert.Contains("\n! public URL            the daemon does not run here, so nothing can answer", text);
        Assert.EndsWith($"\n\n{outcome.Fine} fine, {outcome.Notes} explained, 2 broken\n", text);
    }

    [Fact]
    public async Task A_configuration_with_an_error_hides_nothing_else()
    {
        await using DoctorRig rig = await DoctorRig.BuildAsync();
        rig.Set("exotel", "stream_pth", "\"/x\"");

        DoctorReading reading = await rig.RunAsync();

        Assert.Equal(["configuration"], reading.With("broken"));
        Assert.Contains("stream_pth", Assert.Single(reading.Details("configuration")));
        Assert.Equal("fine", reading.Verdict(Session));
        Assert.True(reading.Outcome.ConfigBroken);
        Assert.Equal("config", reading.Last.GetProperty("result").GetString());
    }

    [Fact]
    public async Task Without_a_configuration_the_machine_is_looked_at_all_the_same()
    {
        await using DoctorRig rig = await DoctorRig.BuildAsync();
        using DoctorSubject subject = DoctorSubject.Open("/nowhere/matrixd.toml", new Matrixd.Config.SystemConfigEnvironment(), rig.Machine, TimeProvider.System);
        StringWriter output = new();

        DoctorOutcome outcome = await new DoctorRun(subject, new DoctorPrinter(output, json: false, subject.Shade), DoctorChecks.Of(subject)).RunAsync(CancellationToken.None);

        Assert.True(outcome.ConfigBroken);
        Assert.Equal((2, 1), (outcome.Fine, outcome.Broken));
        Assert.Contains("✓ SQLite", output.ToString());
        Assert.Contains("! TLS to Gemini         not checked: there is no configuration that can be read", output.ToString());
    }

    [Fact]
    public async Task A_key_that_cannot_be_read_is_told_and_what_needs_it_says_so()
    {
        await using DoctorRig rig = await DoctorRig.BuildAsync();
        rig.Set("gemini", "api_key_file", "\"no-such-file\"");

        DoctorReading reading = await rig.RunAsync();

        Assert.Equal(["configuration", "gemini api key"], reading.With("broken"));
        Assert.Contains("no-such-file does not exist", reading.Text("gemini api key"));
        Assert.Equal([Model, "token", Session], reading.With("not_checked"));
        Assert.Equal("not checked: it needs what \"gemini api key\" asks for", reading.Text("token"));
        Assert.Equal("fine", reading.Verdict("TLS to Gemini"));
    }

    [Fact]
    public async Task A_secret_that_everybody_can_read_is_told_with_the_command()
    {
        await using DoctorRig rig = await DoctorRig.BuildAsync();
        string path = rig.Secret("exotel-token", DoctorRig.ExotelToken, UnixFileMode.UserRead | UnixFileMode.GroupRead | UnixFileMode.OtherRead);

        DoctorReading reading = await rig.RunAsync();

        Assert.Equal("explained", reading.Verdict("exotel api token"));
        Assert.Contains("mode 0444", reading.Text("exotel api token").Replace("0644", "0444", StringComparison.Ordinal));
        Assert.Equal($"chmod o= {path}", reading.Fix("exotel api token"));
        Assert.Empty(reading.With("broken"));
    }

    [Fact]
    public async Task A_wrong_key_is_told_at_the_token_alone()
    {
        await using DoctorRig rig = await DoctorRig.BuildAsync(House.Scripted with { ApiKey = "another-key" });

        DoctorReading reading = await rig.RunAsync();

        Assert.Equal(["token"], reading.With("broken"));
        Assert.Contains("API key not valid", reading.Text("token"));
        Assert.StartsWith("check the API key", reading.Fix("token"));
        Assert.Equal([Session], reading.With("not_checked"));
        Assert.Equal("explained", reading.Verdict(Model)); // a list that cannot be had proves nothing
    }

    [Theory]
    [InlineData("https://no-such-host.invalid", "DNS of Gemini", "getent hosts no-such-host.invalid")]
    [InlineData("https://127.0.0.1:1", "TLS to Gemini", "check DNS, firewall, proxy and route")]
    public async Task A_way_that_ends_is_told_where_it_ends(string baseUrl, string broken, string fix)
    {
        await using DoctorRig rig = await DoctorRig.BuildAsync();
        rig.Set("gemini", "base_url", $"\"{baseUrl}\"");

        DoctorReading reading = await rig.RunAsync();

        Assert.Equal([broken], reading.With("broken"));
        Assert.Contains(fix, reading.Fix(broken));
        Assert.Contains("token", reading.With("not_checked"));
        Assert.Equal("fine", reading.Verdict("Exotel API"));
    }

    [Fact]
    public async Task A_certificate_that_nobody_vouches_for_is_told_with_what_to_do()
    {
        await using DoctorRig rig = await DoctorRig.BuildAsync();
        rig.Keys["gemini"].Remove("ca_file");

        DoctorReading reading = await rig.RunAsync();

        Assert.Equal(["TLS to Gemini"], reading.With("broken"));
        Assert.Contains("the certificate is not trusted", reading.Text("TLS to Gemini"));
        Assert.Contains("ca_file", reading.Fix("TLS to Gemini"));
    }

    [Fact]
    public async Task An_unknown_model_is_told_by_the_list_and_by_the_session_with_the_nearest_name()
    {
        await using DoctorRig rig = await DoctorRig.BuildAsync();
        rig.Set("gemini", "model", "\"gemini-3.8-lve\"");

        DoctorReading reading = await rig.RunAsync();

        Assert.Equal(["model gemini-3.8-lve", Session], reading.With("broken"));
        Assert.StartsWith("set [gemini] model = \"gemini-3.8-live\"", reading.Fix("model gemini-3.8-lve"));
        Assert.StartsWith("1. the model's name is wrong or the model is retired", reading.Details(Session)[0]);
    }

    // The same words at two stages: two different causes.
    [Theory]
    [InlineData("setup", "before setupComplete", "1. the model's name is wrong", "not: audio was sent in camelCase or as mediaChunks (no audio was out)")]
    [InlineData("audio", "at the first audio frames", "1. audio was sent in camelCase or as mediaChunks", "not: the token's new-session window is over (the session had been opened)")]
    public async Task A_refused_session_is_told_with_its_causes_in_order(string stage, string when, string likeliest, string ruledOut)
    {
        await using DoctorRig rig = await DoctorRig.BuildAsync(House.Scripted with { Faults = [FaultSpec.Parse($"close=1008,{CatchAll}@{stage}")] });
        rig.RefusalTime = TimeSpan.FromSeconds(15); // it is not waited out: the close comes

        DoctorReading reading = await rig.RunAsync();

        Assert.Equal([Session], reading.With("broken"));
        Assert.Contains($"1008 \"{CatchAll}\" {when}", reading.Text(Session));
        Assert.StartsWith(likeliest, reading.Details(Session)[0]);
        Assert.Contains(ruledOut, reading.Details(Session));
        Assert.NotEmpty(reading.Fix(Session));
    }

    [Fact]
    public async Task Agents_that_open_sessions_alike_share_one_trial()
    {
        await using DoctorRig rig = await DoctorRig.BuildAsync();
        rig.Set("[agent]", "prompt", "\"A\"\n[[agent]]\nname = \"sales\"\nvoice = \"Kore\"\nprompt = \"B\"\n[[agent]]\nname = \"night\"\nvoice = \"Puck\"\nprompt = \"C\"");
        rig.Keys["[agent]"].Remove("voice");
        rig.Keys["[agent]"] = new() { ["name"] = "\"reception\"", ["default"] = "true", ["voice"] = "\"Kore\"", ["prompt"] = rig.Keys["[agent]"]["prompt"] };

        DoctorReading reading = await rig.RunAsync();

        Assert.Equal(["session reception, sales", "session night"], reading.Checks.Keys.Where(name => name.StartsWith("session", StringComparison.Ordinal)));
        Assert.Equal(2, rig.Gemini.Connections.Count);
        Assert.Empty(reading.With("broken"));
    }

    private static async Task<string> NextAsync(DoctorRig rig)
    {
        AgentsLoopbackServer.Request request = await rig.Exotel.NextAsync();
        return $"{request.Method} {request.Target}";
    }
}
