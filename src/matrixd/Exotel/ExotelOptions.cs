using System.Net;

namespace Matrixd.Exotel;

/// <summary>What the Exotel room is told. Secrets are resolved values.</summary>
internal sealed record ExotelOptions
{
    public string StreamPath { get; init; } = "/exotel";

    public string DynamicPath { get; init; } = "/voicebot";

    public TimeSpan WarmTtl { get; init; } = TimeSpan.FromSeconds(60);

    public string BasicUser { get; init; } = "";

    /// <summary>Secret.</summary>
    public string BasicPassword { get; init; } = "";

    /// <summary>Networks that may connect; empty: any.</summary>
    public IReadOnlyList<IPNetwork> Allow { get; init; } = [];

    /// <summary>Expected in every start; empty: not checked.</summary>
    public string AccountSid { get; init; } = "";

    public TimeSpan StartTimeout { get; init; } = TimeSpan.FromSeconds(5);

    public TimeSpan CloseTimeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Secret.</summary>
    public string ApiKey { get; init; } = "";

    /// <summary>Secret.</summary>
    public string ApiToken { get; init; } = "";

    public string Region { get; init; } = "in";

    /// <summary>Overrides the region's REST address; empty: derived.</summary>
    public string BaseUrl { get; init; } = "";

    public string CallerId { get; init; } = "";

    /// <summary>On the way to the REST address; <c>http://host:port</c>, empty: none.</summary>
    public string Proxy { get; init; } = "";

    /// <summary>PEM file of further trust roots for the REST address, for a network that looks into TLS; empty: the system's alone.</summary>
    public string CaFile { get; init; } = "";

    /// <summary>Where the REST side is.</summary>
    public Uri RestBase => RestAddress(BaseUrl, Region);

    /// <summary>The address that overrides, else the region's.</summary>
    public static Uri RestAddress(string baseUrl, string region) =>
        new(baseUrl.Length > 0 ? baseUrl : region == "sg" ? "https://api.exotel.com" : "https://api.in.exotel.com");

    // The compiler's ToString would print the secrets.
    public override string ToString() => $"{StreamPath}, {DynamicPath}, region {Region}";
}
