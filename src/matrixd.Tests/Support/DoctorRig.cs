using System.Text.Json;
using Matrixd.Config;
using Matrixd.Diagnostics.Doctor;
using Matrixd.Simulation;
using Matrixd.Storage;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace Matrixd.Tests.Support;

/// <summary>An installation for the doctor: a folder with a configuration and its secrets, both services on loopback, a machine without fault.</summary>
/// <remarks>Whatever is printed is searched for every secret that the rig knows.</remarks>
internal sealed class DoctorRig : IAsyncDisposable
{
    public const string GeminiKey = "AIzaCANARY-gemini-key-01";
    public const string ExotelKey = "CANARYexotelkey02";
    public const string ExotelToken = "CANARYexoteltoken03";
    public const string AdminToken = "CANARY-admin-token-04";
    public const string ProxyPassword = "CANARY-proxy-05";

    private static readonly string[] s_secrets = [GeminiKey, ExotelKey, ExotelToken, AdminToken, ProxyPassword, House.BasicPassword, "auth_tokens/"];

    private readonly Dictionary<string, string> _variables = [];

    private DoctorRig(GeminiSimulator gemini, AgentsLoopbackServer exotel)
    {
        Gemini = gemini;
        Exotel = exotel;
        Secret("gemini-key", GeminiKey);
        Secret("basic", House.BasicPassword);
        Secret("exotel-key", ExotelKey);
        Secret("exotel-token", ExotelToken);
        Secret("admin", AdminToken);
        File.WriteAllText(Path.Combine(Folder, "ca.pem"), gemini.AuthorityPem);
    }

    public string Folder { get; } = Directory.CreateTempSubdirectory("matrixd-doctor-").FullName;

    public string ConfigPath => Path.Combine(Folder, "matrixd.toml");

    public GeminiSimulator Gemini { get; }

    public AgentsLoopbackServer Exotel { get; }

    /// <summary>What Exotel's REST side answers.</summary>
    public (int Status, string Body) ExotelAnswer { get; set; } = (200, """{"status":"success","active_streams":3,"max_allowed_streams":100,"account_sid":"acme1"}""");

    /// <summary>Lines of each section; a test changes or adds some.</summary>
    public Dictionary<string, Dictionary<string, string>> Keys { get; private set; } = [];

    public MachineFacts Machine { get; set; } = new()
    {
        Processors = 4,
        Framework = new Version(10, 0, 1),
        Sqlite = new SqliteRelease(new Version(3, 51, 3)),
        Files = 1_048_576,
        Memory = 16L * 1024 * 1024 * 1024,
        MemoryFrom = "the machine",
        FreeBytes = _ => 100L * 1024 * 1024 * 1024,
    };

    public TimeProvider Clock { get; set; } = TimeProvider.System;

    /// <summary>A session that is refused ends it; for all others it is time lost.</summary>
    public TimeSpan RefusalTime { get; set; } = TimeSpan.FromMilliseconds(1);

    public static async Task<DoctorRig> BuildAsync(GeminiSimulatorOptions? gemini = null, System.Security.Cryptography.X509Certificates.X509Certificate2? exotelCertificate = null)
    {
        DoctorRig? rig = null;
        GeminiSimulator simulator = await GeminiSimulator.StartAsync((gemini ?? House.Scripted) with { Tls = true, ApiKey = (gemini?.ApiKey is { Length: > 0 } other) ? other : GeminiKey });
        AgentsLoopbackServer exotel = await AgentsLoopbackServer.StartAsync(
            (_, http) =>
            {
                http.Response.StatusCode = rig!.ExotelAnswer.Status;
                return http.Response.WriteAsync(rig.ExotelAnswer.Body);
            },
            exotelCertificate);
        rig = new DoctorRig(simulator, exotel);
        rig.Keys = new()
        {
            ["server"] = new() { ["listen"] = "[\"127.0.0.1:1\"]", ["public_url"] = "\"ws://127.0.0.1:1\"", ["admin_token_file"] = "\"admin\"", ["max_calls"] = "50" },
            ["store"] = new() { ["path"] = "\"matrixd.db\"" },
            ["exotel"] = new()
            {
                ["basic_user"] = $"\"{House.BasicUser}\"", ["basic_password_file"] = "\"basic\"", ["account_sid"] = "\"acme1\"",
                ["api_key_file"] = "\"exotel-key\"", ["api_token_file"] = "\"exotel-token\"", ["base_url"] = $"\"{exotel.Url.ToString().TrimEnd('/')}\"",
            },
            ["gemini"] = new() { ["api_key_file"] = "\"gemini-key\"", ["base_url"] = $"\"{simulator.BaseUrl}\"", ["ca_file"] = "\"ca.pem\"" },
            ["recording"] = new() { ["directory"] = "\"recordings\"" },
            ["[agent]"] = new() { ["name"] = "\"reception\"", ["default"] = "true", ["prompt"] = "\"You answer the phone.\"", ["voice"] = "\"Kore\"" },
        };
        return rig;
    }

    public void Set(string section, string key, string value) => Keys[section][key] = value;

    public void Variable(string name, string value) => _variables[name] = value;

    public string Secret(string name, string text, UnixFileMode mode = UnixFileMode.UserRead | UnixFileMode.UserWrite)
    {
        string path = Path.Combine(Folder, name);
        File.WriteAllText(path, text + "\n");
        File.SetUnixFileMode(path, mode);
        return path;
    }

    /// <summary>A daemon that public_url leads to.</summary>
    public async Task<House> DaemonAsync(string password = House.BasicPassword)
    {
        House house = await House.BuildAsync(House.Scripted, config => config with { Exotel = config.Exotel with { BasicPassword = password } });
        Set("server", "listen", $"[\"127.0.0.1:{house.HttpBase.Port}\"]");
        Set("server", "public_url", $"\"ws://127.0.0.1:{house.HttpBase.Port}\"");
        return house;
    }

    public void WriteConfig() => File.WriteAllLines(ConfigPath, Keys.SelectMany(section => new[] { $"[{section.Key}]" + (section.Key[0] == '[' ? "]" : "") }
        .Select(header => header.Replace("[[agent]]]", "[[agent]]", StringComparison.Ordinal)).Concat(section.Value.Select(key => $"{key.Key} = {key.Value}"))));

    public async Task<(DoctorOutcome Outcome, string Text)> PrintAsync(bool json)
    {
        WriteConfig();
        using DoctorSubject subject = DoctorSubject.Open(ConfigPath, new Surroundings(_variables), Machine, Clock, RefusalTime);
        StringWriter output = new();
        DoctorOutcome outcome = await new DoctorRun(subject, new DoctorPrinter(output, json, subject.Shade), DoctorChecks.Of(subject)).RunAsync(CancellationToken.None);
        string text = output.ToString();
        Assert.All(s_secrets, secret => Assert.DoesNotContain(secret, text, StringComparison.Ordinal));
        return (outcome, text);
    }

    public async Task<DoctorReading> RunAsync()
    {
        (DoctorOutcome outcome, string text) = await PrintAsync(json: true);
        JsonElement[] lines = [.. text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement)];
        return new DoctorReading(outcome, lines[..^1].ToDictionary(line => line.GetProperty("check").GetString()!), lines[^1]);
    }

    public async ValueTask DisposeAsync()
    {
        await Gemini.DisposeAsync();
        await Exotel.DisposeAsync();
        Directory.Delete(Folder, recursive: true);
    }

    /// <summary>Real files, and no variable of the machine.</summary>
    private sealed class Surroundings(Dictionary<string, string> variables) : IConfigEnvironment
    {
        private readonly SystemConfigEnvironment _system = new();

        public int Processors => 4;

        public DateTimeOffset Now => _system.Now;

        public string? Variable(string name) => variables.GetValueOrDefault(name);

        public ConfigFile Read(string path, int maxBytes) => _system.Read(path, maxBytes);
    }
}

/// <summary>What the doctor said, by check.</summary>
internal sealed record DoctorReading(DoctorOutcome Outcome, Dictionary<string, JsonElement> Checks, JsonElement Last)
{
    public string Verdict(string check) => Checks[check].GetProperty("verdict").GetString()!;

    public string Text(string check) => Checks[check].GetProperty("text").GetString()!;

    public string Fix(string check) => Checks[check].GetProperty("fix").GetString()!;

    public string[] Details(string check) => [.. Checks[check].GetProperty("details").EnumerateArray().Select(line => line.GetString()!)];

    public string[] With(string verdict) => [.. Checks.Where(check => check.Value.GetProperty("verdict").GetString() == verdict).Select(check => check.Key)];
}
