using System.Net;
using Matrixd.Agents;
using Matrixd.Calls;
using Matrixd.Exotel;
using Matrixd.Gemini;
using Matrixd.Server;

namespace Matrixd.Config;

/// <summary>Hands the values, all of them good, to the rooms' records.</summary>
internal static class ConfigBuilder
{
    /// <param name="defaultCalls">Calls at the same time, where the file leaves it open.</param>
    public static DaemonConfig Build(ConfigSections sections, ProxyChoice proxy, int defaultCalls) => new()
    {
        Server = Server(sections.Server),
        StorePath = sections.Store.FilePath(StoreKeys.Path),
        Exotel = Exotel(sections.Exotel, sections.Limits) with { Proxy = proxy.Exotel, CaFile = sections.Gemini.FilePath(GeminiKeys.CaFile) },
        Gemini = Gemini(sections.Gemini, sections.Limits, proxy.Gemini),
        Calls = Calls(sections, defaultCalls),
        Diagnostics = Diagnostics(sections.Diagnostics),
        Agents = [.. sections.Agents.Select(Agent)],
        Tools = [.. sections.Tools.Select(Tool)],
    };

    private static ServerOptions Server(SectionValues server) => new()
    {
        Listen = [.. server.Texts(ServerKeys.Listen).Select(text => ListenAddresses.TryParse(text, out ListenAddress address, out _) ? address : throw new InvalidOperationException(text))],
        PublicUrl = PublicUrl(server.Text(ServerKeys.PublicUrl)),
        TlsCertificate = server.FilePath(ServerKeys.TlsCertificate),
        TlsKey = server.FilePath(ServerKeys.TlsKey),
        TrustedProxies = NetworkList(server.Texts(ServerKeys.TrustedProxies)),
        Insecure = server.Flag(ServerKeys.Insecure),
        AdminToken = server.Text(ServerKeys.AdminToken),
        MaxCalls = server.Integer(ServerKeys.MaxCalls),
        EventLoop = server.Flag(ServerKeys.EventLoop),
        DrainTimeout = server.Duration(ServerKeys.DrainTimeout),
    };

    private static ExotelOptions Exotel(SectionValues exotel, SectionValues limits)
    {
        string password = exotel.Text(ExotelKeys.BasicPassword);
        return new ExotelOptions
        {
            StreamPath = exotel.Text(ExotelKeys.StreamPath),
            DynamicPath = exotel.Text(ExotelKeys.DynamicPath),
            WarmTtl = exotel.Duration(ExotelKeys.WarmTtl),
            BasicUser = password.Length == 0 ? "" : exotel.Text(ExotelKeys.BasicUser),
            BasicPassword = password,
            Allow = NetworkList(exotel.Texts(ExotelKeys.Allow)),
            AccountSid = exotel.Text(ExotelKeys.AccountSid),
            StartTimeout = limits.Duration(LimitsKeys.StartTimeout),
            CloseTimeout = limits.Duration(LimitsKeys.CloseTimeout),
            ApiKey = exotel.Text(ExotelKeys.ApiKey),
            ApiToken = exotel.Text(ExotelKeys.ApiToken),
            Region = exotel.Text(ExotelKeys.Region),
            BaseUrl = exotel.Text(ExotelKeys.BaseUrl),
            CallerId = exotel.Text(ExotelKeys.CallerId),
        };
    }

    private static GeminiOptions Gemini(SectionValues gemini, SectionValues limits, string proxy) => new()
    {
        ApiKey = gemini.Text(GeminiKeys.ApiKey),
        BaseUrl = new Uri(gemini.Text(GeminiKeys.BaseUrl)),
        CaFile = gemini.FilePath(GeminiKeys.CaFile),
        ApiVersion = gemini.Text(GeminiKeys.ApiVersion),
        Model = WithoutPrefix(gemini.Text(GeminiKeys.Model), "models/"),
        MaxSessions = gemini.Integer(GeminiKeys.MaxSessions),
        Proxy = proxy,
        SharedTokenUses = gemini.Integer(GeminiKeys.SharedTokenUses),
        SharedTokenRefresh = gemini.Duration(GeminiKeys.SharedTokenRefresh),
        BrowserNewSessionWindow = gemini.Duration(GeminiKeys.BrowserNewSessionWindow),
        CallMax = limits.Duration(LimitsKeys.CallMax),
        CloseTimeout = limits.Duration(LimitsKeys.CloseTimeout),
    };

    private static CallsOptions Calls(ConfigSections sections, int defaultCalls)
    {
        int maxCalls = sections.Server.Integer(ServerKeys.MaxCalls);
        return new CallsOptions
        {
            MaxCalls = maxCalls > 0 ? maxCalls : defaultCalls,
            CallMax = sections.Limits.Duration(LimitsKeys.CallMax),
            MediaIdle = sections.Limits.Duration(LimitsKeys.MediaIdle),
            CloseTimeout = sections.Limits.Duration(LimitsKeys.CloseTimeout),
            ModelReadyTimeout = sections.Limits.Duration(LimitsKeys.ModelReadyTimeout),
            RotateAfter = sections.Gemini.Duration(GeminiKeys.RotateAfter),
            OutboundLead = sections.Exotel.Duration(ExotelKeys.OutboundLead),
            UplinkFrame = sections.Gemini.Duration(GeminiKeys.UplinkFrame),
            UplinkBuffer = sections.Gemini.Duration(GeminiKeys.UplinkBuffer),
            BargeIn = BargeIn(sections.BargeIn),
            Stalls = Stalls(sections.Watchdog),
            RecordingDirectory = sections.Recording.Flag(RecordingKeys.Enabled) ? sections.Recording.FilePath(RecordingKeys.Directory) : "",
        };
    }

    private static BargeInOptions BargeIn(SectionValues bargeIn) => new()
    {
        IsLocal = bargeIn.Text(BargeInKeys.Detector) == BargeInKeys.Local,
        MinimumSpeech = bargeIn.Duration(BargeInKeys.MinimumSpeech),
        Grace = bargeIn.Duration(BargeInKeys.Grace),
        StartGrace = bargeIn.Duration(BargeInKeys.StartGrace),
        IsReversible = bargeIn.Flag(BargeInKeys.Reversible),
        Confirm = bargeIn.Duration(BargeInKeys.Confirm),
        ResumeAfter = bargeIn.Duration(BargeInKeys.ResumeAfter),
    };

    private static StallOptions Stalls(SectionValues watchdog) => new()
    {
        IsEnabled = watchdog.Flag(WatchdogKeys.Enabled),
        NoAnswer = watchdog.Duration(WatchdogKeys.NoAnswer),
        SilentAudio = watchdog.Duration(WatchdogKeys.SilentAudio),
        NoMessage = watchdog.Duration(WatchdogKeys.NoMessage),
        BrokenTurn = watchdog.Duration(WatchdogKeys.BrokenTurn),
        Step = watchdog.Duration(WatchdogKeys.Step),
        Nudge = watchdog.Text(WatchdogKeys.Nudge) is { Length: > 0 } nudge ? nudge : StallOptions.DefaultNudge,
    };

    private static DiagnosticsOptions Diagnostics(SectionValues diagnostics) => new()
    {
        WireTap = TapWord.TryParse(diagnostics.Text(DiagnosticsKeys.WireTap), out IReadOnlyList<TapWord> words, out string wrong) ? words : throw new InvalidOperationException(wrong),
        TapDirectory = diagnostics.FilePath(DiagnosticsKeys.TapDirectory),
        KeepAudio = diagnostics.Text(DiagnosticsKeys.TapAudio) == "keep",
        KeepNumbers = diagnostics.Text(DiagnosticsKeys.TapNumbers) == "keep",
        TapeBytes = ByteSizes.Parse(diagnostics.Text(DiagnosticsKeys.TapCallBytes)),
        DirectoryBytes = ByteSizes.Parse(diagnostics.Text(DiagnosticsKeys.TapMaxBytes)),
        Keep = diagnostics.Duration(DiagnosticsKeys.TapKeep),
        FlightRecorder = diagnostics.Flag(DiagnosticsKeys.FlightRecorder),
    };

    private static AgentOptions Agent(SectionValues agent) => new()
    {
        Name = agent.Text(AgentKeys.Name),
        Default = agent.Flag(AgentKeys.Default),
        Numbers = agent.Texts(AgentKeys.Numbers),
        Voice = agent.Text(AgentKeys.Voice),
        Language = agent.Text(AgentKeys.Language),
        Prompt = agent.Text(AgentKeys.Prompt).Trim(),
        Greeting = agent.Text(AgentKeys.Greeting).Trim(),
        Apology = agent.FilePath(AgentKeys.Apology),
        Tools = agent.Texts(AgentKeys.Tools),
        Knowledge = agent.Texts(AgentKeys.Knowledge),
    };

    private static ToolOptions Tool(SectionValues tool) => new()
    {
        Name = tool.Text(ToolKeys.Name),
        Description = tool.Text(ToolKeys.Description).Trim(),
        Url = new Uri(tool.Text(ToolKeys.Url)),
        Method = tool.Text(ToolKeys.Method),
        Parameters = tool.Text(ToolKeys.Parameters).Trim(),
        Timeout = tool.Duration(ToolKeys.Timeout),
        MaxResponseBytes = tool.Integer(ToolKeys.MaxResponseBytes),
        Headers = tool.Pairs(ToolKeys.Headers),
    };

    /// <summary>http means ws, https means wss.</summary>
    private static string PublicUrl(string text)
    {
        string url = text.TrimEnd('/');
        return url.StartsWith("http", StringComparison.Ordinal) ? "ws" + url["http".Length..] : url;
    }

    private static string WithoutPrefix(string text, string prefix) => text.StartsWith(prefix, StringComparison.Ordinal) ? text[prefix.Length..] : text;

    private static IPNetwork[] NetworkList(IReadOnlyList<string> texts) =>
        [.. texts.Select(text => Networks.TryParse(text, out IPNetwork network, out _) ? network : throw new InvalidOperationException(text))];
}
