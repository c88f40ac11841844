using System.Net;
using Matrixd.Agents;
using Matrixd.Calls;
using Matrixd.Config;
using Matrixd.Exotel;
using Matrixd.Gemini;
using Matrixd.Server;
using Matrixd.Tests.Support;
using Xunit;

namespace Matrixd.Tests.Config;

public sealed class ConfigReaderTests
{
    private readonly ConfigTestEnvironment _environment = new();

    [Fact]
    public void The_least_file_loads_without_warnings()
    {
        LoadedConfig loaded = _environment.Load(ConfigSamples.Least);
        Assert.Empty(loaded.Warnings);
        Assert.Equal("AIza-secret-key", loaded.Config.Gemini.ApiKey);
        Assert.Equal("reception", Assert.Single(loaded.Config.Agents).Name);
    }

    [Fact]
    public void Without_keys_every_room_gets_its_defaults()
    {
        DaemonConfig config = _environment.Load(ConfigSamples.Least).Config;
        var server = new ServerOptions { Listen = config.Server.Listen, TrustedProxies = config.Server.TrustedProxies };
        Assert.Equal([new ListenAddress("127.0.0.1", 8080, Tls: false)], config.Server.Listen);
        Assert.Empty(config.Server.TrustedProxies);
        Assert.Equal(server, config.Server);
        Assert.Equal("/var/lib/matrixd/matrixd.db", config.StorePath);
        Assert.Empty(config.Exotel.Allow);
        Assert.Equal(new ExotelOptions { BasicUser = "exotel", BasicPassword = "a-long-password", Allow = config.Exotel.Allow }, config.Exotel);
        Assert.Equal(new GeminiOptions { ApiKey = "AIza-secret-key" }, config.Gemini);
        Assert.Equal(new CallsOptions { MaxCalls = 800, RecordingDirectory = "/var/lib/matrixd/recordings" }, config.Calls);
        AgentOptions agent = config.Agents[0];
        Assert.Equal(new AgentOptions { Name = "reception", Default = true, Prompt = agent.Prompt, Numbers = agent.Numbers, Tools = agent.Tools, Knowledge = agent.Knowledge }, agent);
        Assert.Empty(config.Tools);
    }

    [Fact]
    public void Every_key_reaches_its_room()
    {
        DaemonConfig config = _environment
            .With("/etc/matrixd/cert.pem", ConfigTestCertificate.Certificate).With("/etc/matrixd/key.pem", ConfigTestCertificate.Key).With("/etc/matrixd/ca.pem", ConfigTestCertificate.Certificate)
            .With("/srv/sorry.wav", "RIFF\0\0\0\0WAVEfmt ")
            .Load(ConfigSamples.Full).Config;
        Assert.Equal([new ListenAddress("::1", 8080, false), new ListenAddress("0.0.0.0", 443, true), new ListenAddress("localhost", 0, false)], config.Server.Listen);
        Assert.Equal([IPNetwork.Parse("10.0.0.0/8"), IPNetwork.Parse("2001:db8::/32")], config.Server.TrustedProxies);
        Assert.Equal(
            new ServerOptions
            {
                Listen = config.Server.Listen, TrustedProxies = config.Server.TrustedProxies, PublicUrl = "wss://voice.example.in", TlsCertificate = "/etc/matrixd/cert.pem", TlsKey = "/etc/matrixd/key.pem",
                Insecure = false, AdminToken = "0123456789abcdef", MaxCalls = 30, DrainTimeout = TimeSpan.FromSeconds(90),
            },
            config.Server);
        Assert.Equal("/etc/matrixd/db/calls.db", config.StorePath);
        Assert.Equal([IPNetwork.Parse("203.0.113.0/24"), IPNetwork.Parse("198.51.100.7/32")], config.Exotel.Allow);
        Assert.Equal(
            new ExotelOptions
            {
                StreamPath = "/in/exotel", DynamicPath = "/in/voicebot", WarmTtl = TimeSpan.FromSeconds(30), BasicUser = "caller", BasicPassword = "a-long-password", Allow = config.Exotel.Allow, AccountSid = "sharma1",
                StartTimeout = TimeSpan.FromSeconds(4), CloseTimeout = TimeSpan.FromSeconds(3), ApiKey = "exo-key", ApiToken = "exo-token", Region = "sg", BaseUrl = "http://127.0.0.1:9000", CallerId = "08040000000",
                Proxy = "http://10.0.0.5:3128", CaFile = "/etc/matrixd/ca.pem",
            },
            config.Exotel);
        Assert.Equal(
            new GeminiOptions
            {
                ApiKey = "AIza-secret-key", BaseUrl = new Uri("https://gateway.example.in"), CaFile = "/etc/matrixd/ca.pem", ApiVersion = "v1beta", Model = "gemini-live-x", MaxSessions = 7,
                Proxy = "http://10.0.0.5:3128", SharedTokenUses = 50, SharedTokenRefresh = TimeSpan.FromMinutes(30), BrowserNewSessionWindow = TimeSpan.FromMinutes(2), CallMax = TimeSpan.FromMinutes(20), CloseTimeout = TimeSpan.FromSeconds(3),
            },
            config.Gemini);
        Assert.Equal(
            new CallsOptions
            {
                MaxCalls = 30, CallMax = TimeSpan.FromMinutes(20), MediaIdle = TimeSpan.FromSeconds(6), CloseTimeout = TimeSpan.FromSeconds(3), ModelReadyTimeout = TimeSpan.FromSeconds(7), OutboundLead = TimeSpan.FromMilliseconds(500),
                UplinkFrame = TimeSpan.FromMilliseconds(40), UplinkBuffer = TimeSpan.FromSeconds(5), RotateAfter = TimeSpan.FromMinutes(5), RecordingDirectory = "",
                BargeIn = new BargeInOptions
                {
                    IsLocal = true, MinimumSpeech = TimeSpan.FromMilliseconds(300), Grace = TimeSpan.FromMilliseconds(600), StartGrace = TimeSpan.Zero, IsReversible = false,
                    Confirm = TimeSpan.FromSeconds(1), ResumeAfter = TimeSpan.FromMilliseconds(500),
                },
                Stalls = new StallOptions
                {
                    IsEnabled = false, NoAnswer = TimeSpan.FromSeconds(6), SilentAudio = TimeSpan.FromSeconds(4), NoMessage = TimeSpan.FromSeconds(12), BrokenTurn = TimeSpan.FromSeconds(5),
                    Step = TimeSpan.FromSeconds(7), Nudge = "Go on.",
                },
            },
            config.Calls);
    }

    [Fact]
    public void Agents_and_tools_reach_their_room()
    {
        DaemonConfig config = _environment
            .With("/etc/matrixd/cert.pem", ConfigTestCertificate.Certificate).With("/etc/matrixd/key.pem", ConfigTestCertificate.Key).With("/etc/matrixd/ca.pem", ConfigTestCertificate.Certificate)
            .With("/srv/sorry.wav", "RIFF\0\0\0\0WAVEfmt ")
            .Load(ConfigSamples.Full).Config;
        AgentOptions agent = config.Agents[1];
        Assert.Equal(["reception", "sales"], config.Agents.Select(a => a.Name));
        Assert.Equal(["08040000001", "+918040000002"], agent.Numbers);
        Assert.Equal(("Kore", "hi-IN", "Sell.", "Namaste", "/srv/sorry.wav", false), (agent.Voice, agent.Language, agent.Prompt, agent.Greeting, agent.Apology, agent.Default));
        Assert.Equal(["lookup_order"], agent.Tools);
        Assert.Equal(["faq"], agent.Knowledge);
        ToolOptions tool = Assert.Single(config.Tools);
        Assert.Equal(("lookup_order", "State of an order.", "https://crm.example.in/orders", "GET", TimeSpan.FromSeconds(3), 1024), (tool.Name, tool.Description, tool.Url.ToString(), tool.Method, tool.Timeout, tool.MaxResponseBytes));
        Assert.Equal("""{"type":"object","properties":{"id":{"type":"string"}},"required":["id"]}""", tool.Parameters);
        Assert.Equal([new("X-Api-Key", "tool-secret")], tool.Headers);
    }

    [Theory]
    [InlineData("https://voice.example.in/", "wss://voice.example.in")]
    [InlineData("http://10.0.0.1:8080", "ws://10.0.0.1:8080")]
    [InlineData("ws://10.0.0.1:8080", "ws://10.0.0.1:8080")]
    public void A_public_url_is_kept_as_a_WebSocket_url(string written, string kept) =>
        Assert.Equal(kept, _environment.Load(ConfigSamples.With("[server]", $"public_url = \"{written}\"")).Config.Server.PublicUrl);

    [Fact]
    public void A_missing_file_says_how_to_make_one()
    {
        ConfigException e = Assert.Throws<ConfigException>(() => ConfigReader.Load("/etc/matrixd/none.toml", _environment));
        Assert.Equal("/etc/matrixd/none.toml: the configuration does not exist; copy matrixd.toml.example to this place and fill it in, or name another file with --config", e.Message);
    }

    [Fact]
    public void A_syntax_error_is_the_only_error()
    {
        ConfigProblem problem = Assert.Single(_environment.Errors("[server]\nmax_calls = 3x\nlisten = 3"));
        Assert.StartsWith("/etc/matrixd/matrixd.toml:2:13: neither a number nor a date; ", problem.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void All_errors_are_reported_together_in_the_order_of_the_file()
    {
        IReadOnlyList<ConfigProblem> errors = _environment.Errors("""
            [gemini]
            api_key = "k"
            uplink_frame = "30ms"
            modle = "x"
            [server]
            max_calls = -1
            listen = ["8080", "127.0.0.1:99999"]
            [nonsense]
            """);
        Assert.Equal(
            [
                "/etc/matrixd/matrixd.toml:3:16: gemini.uplink_frame = \"30ms\": must be 20ms, 40ms, 60ms, 80ms or 100ms",
                "/etc/matrixd/matrixd.toml:4:1: gemini.modle: is no key that matrixd knows; did you mean model?",
                "/etc/matrixd/matrixd.toml:6:13: server.max_calls = -1: must be 0 to 100000",
                "/etc/matrixd/matrixd.toml:7:11: server.listen = \"8080\": must be host:port; such as \"127.0.0.1:8080\", \"[::1]:8080\" or \"https://0.0.0.0:443\"",
                "/etc/matrixd/matrixd.toml:7:19: server.listen = \"127.0.0.1:99999\": must end with a port from 0 to 65535; 0 lets the system choose one",
                "/etc/matrixd/matrixd.toml:8:2: nonsense: is no section that matrixd knows; the sections are [server], [store], [exotel], [gemini], [limits], [barge_in], [watchdog], [recording], [diagnostics], [[agent]], [[tool]]",
                "/etc/matrixd/matrixd.toml: exotel.basic_password_file: nothing protects the Exotel socket; give a password (basic_password_file, or the systemd credential exotel-basic-password), or the networks Exotel comes from (allow), or for a trial insecure = true in [server]",
                "/etc/matrixd/matrixd.toml: agent: there is no agent to answer calls; add an [[agent]] section with name and prompt",
            ],
            errors.Select(e => e.ToString()));
    }
}
