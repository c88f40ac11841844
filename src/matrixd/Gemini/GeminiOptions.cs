namespace Matrixd.Gemini;

/// <summary>What the Gemini room is told. Secrets are resolved values.</summary>
internal sealed record GeminiOptions
{
    /// <summary>Secret.</summary>
    public required string ApiKey { get; init; }

    /// <summary>http(s); the WebSocket address is derived from it.</summary>
    public Uri BaseUrl { get; init; } = new("https://generativelanguage.googleapis.com");

    public string CaFile { get; init; } = "";

    public string ApiVersion { get; init; } = "v1alpha";

    public string Model { get; init; } = "gemini-3.1-flash-live-preview";

    public int MaxSessions { get; init; }

    /// <summary>How long a lost connection is resumed before one last attempt with a new session.</summary>
    public TimeSpan RecoveryBudget { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary><c>http://host:port</c>; empty: none.</summary>
    public string Proxy { get; init; } = "";

    public int SharedTokenUses { get; init; } = 10_000;

    public TimeSpan SharedTokenRefresh { get; init; } = TimeSpan.FromHours(1);

    public TimeSpan BrowserNewSessionWindow { get; init; } = TimeSpan.FromSeconds(600);

    /// <summary>Longest call: a token must outlive the last call that was begun with it.</summary>
    public TimeSpan CallMax { get; init; } = TimeSpan.FromMinutes(60);

    public TimeSpan CloseTimeout { get; init; } = TimeSpan.FromSeconds(2);

    // The compiler's ToString would print the key.
    public override string ToString() => $"{Model} at {BaseUrl.Authority}, {ApiVersion}";
}
