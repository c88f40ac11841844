using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Matrixd.Calls;
using Matrixd.Simulation;
using Matrixd.Tests.Support;
using Matrixd.Transport;
using Xunit;
using Xunit.Abstractions;

namespace Matrixd.Tests.EndToEnd;

/// <summary>The binary that ships, run as an operator runs it: C1, C3, C4, C11, C14.</summary>
public class NativeDaemonTests(ITestOutputHelper output)
{
    // C1
    [NativeFact]
    public async Task It_says_ready_serves_a_call_over_tls_drains_at_SIGTERM_and_exits_0()
    {
        await using EndToEndPlace place = await EndToEndPlace.BuildAsync(House.Scripted with { Tls = true });
        await using EndToEndNative daemon = await EndToEndNative.RunAsync(place.ConfigPath);
        output.WriteLine($"listening after {Stopwatch.GetElapsedTime(daemon.Started).TotalMilliseconds:0} ms, {daemon.ResidentMiB():0.0} MiB resident");
        short[] speech = Signals.Noise(8000, 0.6, seed: 30);
        short[] turn = Signals.Noise(24_000, 0.4, seed: 31);

        EndToEndLine line = await daemon.LineAsync("native-1", place.Wheel);
        GeminiConnection connection = await place.ReadyAsync(0);
        daemon.Signal(EndToEndNative.SigTerm);
        await Eventually.TrueAsync(() => daemon.Stderr.Contains("draining", StringComparison.Ordinal), "the drain is told");
        Assert.Equal(503, (await Assert.ThrowsAsync<DialException>(() => daemon.DialAsync(new EndToEndCall("native-2"), place.Wheel))).Status);
        line.Speak(speech);
        _ = connection.SayAsync(turn, "Good morning.");
        await line.TurnsAsync(turn);
        short[] expected = EndToEndSound.Stream(speech, 8000, 16_000);
        await connection.Ledger.WaitAsync(() => connection.Ledger.CallerPcm.Length >= expected.Length / 320 * 320, "the caller's audio");
        Assert.False(daemon.HasExited);
        line.HangUp();

        Assert.Equal(0, await daemon.ExitAsync());
        EndToEndSound.AssertHeard(line.Events, 8000, off: 1, turn);
        EndToEndSound.AssertSame(expected.AsSpan(0, expected.Length / 320 * 320), connection.Ledger.CallerPcm, off: 1);
        Session row = await place.EndedAsync("native-1");
        Assert.Equal(CallEndReason.CallerHungUp, row.EndReason);
        Assert.Equal("Good morning.", Assert.Single(await place.ReadAsync((_, log) => log.TurnsAsync(row.CallSid))).Said);
        Assert.Single(place.ReadRecordings());
        Assert.Equal("HTTP/1.1", connection.Request.Protocol);
    }

    // C3
    [NativeFact]
    public Task A_second_SIGTERM_ends_it_in_order() => EndAsync(EndToEndNative.SigTerm, EndToEndNative.SigTerm);

    // C3
    [NativeFact]
    public Task SIGINT_ends_it_in_order() => EndAsync(EndToEndNative.SigInt);

    // C4
    [NativeFact]
    public async Task SIGHUP_takes_a_good_configuration_for_new_calls_and_leaves_a_bad_one()
    {
        await using EndToEndPlace place = await EndToEndPlace.BuildAsync();
        await using EndToEndNative daemon = await EndToEndNative.RunAsync(place.ConfigPath);
        EndToEndLine old = await daemon.LineAsync("hup-1", place.Wheel);
        await place.ReadyAsync(0);

        place.Write(place.Config(prompt: "You sell tea."));
        daemon.Signal(EndToEndNative.SigHup);
        await Eventually.TrueAsync(() => daemon.Stderr.Contains("read again", StringComparison.Ordinal), "the reload is told");
        EndToEndLine fresh = await daemon.LineAsync("hup-2", place.Wheel);
        GeminiConnection second = await place.ReadyAsync(1);
        place.Write(place.Config(prompt: "You sell nothing.")[..200]);
        daemon.Signal(EndToEndNative.SigHup);
        await Eventually.TrueAsync(() => daemon.Stderr.Contains("the old configuration stays", StringComparison.Ordinal), "the refusal is told");
        EndToEndLine third = await daemon.LineAsync("hup-3", place.Wheel);
        GeminiConnection last = await place.ReadyAsync(2);

        Assert.Contains("You sell tea.", ProductionRules.Instruction(await second.Ledger.ReceivedAsync("setup")), StringComparison.Ordinal);
        Assert.Contains("You sell tea.", ProductionRules.Instruction(await last.Ledger.ReceivedAsync("setup")), StringComparison.Ordinal);
        foreach (EndToEndLine line in (EndToEndLine[])[old, fresh, third])
        {
            line.HangUp();
        }

        await place.EndedAsync("hup-1");
        Assert.Equal(2, (await EndToEndNative.CommandAsync("check", "--config", place.ConfigPath)).Code);
    }

    // C11
    [NativeFact]
    public async Task A_bad_configuration_exits_2_with_everything_that_is_wrong()
    {
        await using EndToEndPlace place = await EndToEndPlace.BuildAsync();
        place.Write(place.Config()
            .Replace("max_calls = 60", "max_calls = -3", StringComparison.Ordinal)
            .Replace("drain_timeout", "drain_timeuot", StringComparison.Ordinal)
            .Replace("base_url = \"http", "base_url = \"gopher", StringComparison.Ordinal));

        (int code, string stdout, string stderr) = await EndToEndNative.CommandAsync("run", "--config", place.ConfigPath);

        Assert.Equal(2, code);
        Assert.DoesNotContain("ready", stdout, StringComparison.Ordinal);
        Assert.Contains("max_calls", stderr, StringComparison.Ordinal);
        Assert.Contains("drain_timeuot", stderr, StringComparison.Ordinal);
        Assert.Contains("base_url", stderr, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", stderr, StringComparison.Ordinal);
        Assert.False(File.Exists(place.StorePath));
    }

    // C11
    [NativeFact]
    public async Task What_keeps_it_from_starting_is_told_in_a_line_and_by_its_exit_code()
    {
        await using EndToEndPlace place = await EndToEndPlace.BuildAsync();
        using Socket other = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        other.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        other.Listen();
        int port = ((IPEndPoint)other.LocalEndPoint!).Port;
        string plain = place.Config();
        (string Name, string Config, int Code, string Told)[] matrix =
        [
            ("port in use", place.Config(listen: $"127.0.0.1:{port}"), 1, $"{port}"),
            ("no secret", plain.Replace("api_key = \"AIza-test\"", "api_key_file = \"/no/such/key\"", StringComparison.Ordinal), 2, "/no/such/key"),
            ("no CA", plain.Replace("[watchdog]", "ca_file = \"/no/such/ca.pem\"\n[watchdog]", StringComparison.Ordinal), 2, "/no/such/ca.pem"),
            ("no credential", plain.Replace($"basic_password = \"{House.BasicPassword}\"", "", StringComparison.Ordinal), 2, "insecure"),
            ("a key no header can carry", plain.Replace("AIza-test", "AIza test", StringComparison.Ordinal), 2, "api_key"),
            ("a tool with half a schema", plain + "[[tool]]\nname = \"t\"\ndescription = \"d\"\nurl = \"http://127.0.0.1:1/\"\nparameters = '{\"type\":'\n", 2, "parameters"),
            ("an agent that uses no tool of ours", plain + "tools = [\"dance\"]\n", 2, "dance"),
            ("no place for recordings", plain.Replace("directory = \"recordings\"", "directory = \"matrixd.toml/recordings\"", StringComparison.Ordinal), 1, "recordings"),
            ("no place for the store", plain.Replace("path = \"matrixd.db\"", "path = \"matrixd.toml/matrixd.db\"", StringComparison.Ordinal), 2, "matrixd.toml"),
        ];
        foreach ((string name, string config, int expected, string told) in matrix)
        {
            place.Write(config);
            (int code, string stdout, string stderr) = await EndToEndNative.CommandAsync("run", "--config", place.ConfigPath);
            Assert.True(code == expected, $"{name}: exit {code}: {stderr}");
            Assert.True(stderr.Contains(told, StringComparison.Ordinal), $"{name}: {stderr}");
            Assert.DoesNotContain("   at ", stderr, StringComparison.Ordinal);
            Assert.DoesNotContain("ready", stdout, StringComparison.Ordinal);
        }

        Assert.Equal(2, (await EndToEndNative.CommandAsync("run", "--config", "/no/such/file.toml")).Code);
        Assert.Equal(2, (await EndToEndNative.CommandAsync("dance")).Code);
        Assert.Equal(2, (await EndToEndNative.CommandAsync("run", "--colour")).Code);
    }

    // C14
    [NativeFact]
    public async Task A_second_instance_on_one_store_is_refused_and_the_first_goes_on()
    {
        await using EndToEndPlace place = await EndToEndPlace.BuildAsync();
        await using EndToEndNative first = await EndToEndNative.RunAsync(place.ConfigPath);

        (int code, string stdout, string stderr) = await EndToEndNative.CommandAsync("run", "--config", place.ConfigPath);

        Assert.Equal(2, code);
        Assert.Contains("matrixd.db", stderr, StringComparison.Ordinal);
        Assert.DoesNotContain("ready", stdout, StringComparison.Ordinal);
        EndToEndLine line = await first.LineAsync("c14-native", place.Wheel);
        await place.ReadyAsync(0);
        line.HangUp();
        await place.EndedAsync("c14-native");
    }

    [NativeFact]
    public async Task Its_other_commands_read_the_store_beside_it_and_say_what_it_is()
    {
        await using EndToEndPlace place = await EndToEndPlace.BuildAsync();
        await using EndToEndNative daemon = await EndToEndNative.RunAsync(place.ConfigPath);
        EndToEndLine line = await daemon.LineAsync("commands-1", place.Wheel);
        await place.ReadyAsync(0);
        line.HangUp();
        await place.EndedAsync("commands-1");

        (int listCode, string list, _) = await EndToEndNative.CommandAsync("sessions", "list", "--config", place.ConfigPath, "--json");
        (int showCode, string show, _) = await EndToEndNative.CommandAsync("sessions", "show", "commands-1", "--config", place.ConfigPath, "--json");
        (int noneCode, _, _) = await EndToEndNative.CommandAsync("sessions", "show", "nobody", "--config", place.ConfigPath);
        (int checkCode, _, _) = await EndToEndNative.CommandAsync("check", "--config", place.ConfigPath);
        (int versionCode, string version, _) = await EndToEndNative.CommandAsync("version", "--json");

        Assert.Equal((0, 0, 1, 0, 0), (listCode, showCode, noneCode, checkCode, versionCode));
        Assert.Equal("commands-1", JsonDocument.Parse(list).RootElement.GetProperty("call_sid").GetString());
        Assert.Equal("caller_hung_up", JsonDocument.Parse(show).RootElement.GetProperty("end_reason").GetString());
        Assert.Contains("native", JsonDocument.Parse(version).RootElement.GetProperty("framework").GetString(), StringComparison.Ordinal);
    }

    private static async Task EndAsync(params int[] signals)
    {
        await using EndToEndPlace place = await EndToEndPlace.BuildAsync();
        await using EndToEndNative daemon = await EndToEndNative.RunAsync(place.ConfigPath);
        List<EndToEndLine> lines = [];
        for (int i = 0; i < 5; i++)
        {
            lines.Add(await daemon.LineAsync($"end-{i}", place.Wheel));
            await place.ReadyAsync(i);
        }

        foreach (int signal in signals)
        {
            daemon.Signal(signal);
            if (signals.Length > 1)
            {
                await Eventually.TrueAsync(() => daemon.Stderr.Contains("draining", StringComparison.Ordinal), "the drain is told");
            }
        }

        foreach (EndToEndLine line in lines)
        {
            Assert.Equal(CloseCodes.GoingAway, (await line.Closed.WaitAsync(TimeSpan.FromSeconds(20))).Code);
        }

        Assert.Equal(0, await daemon.ExitAsync());
        for (int i = 0; i < 5; i++)
        {
            Assert.Equal(CallEndReason.Aborted, (await place.EndedAsync($"end-{i}")).EndReason);
        }
    }
}
