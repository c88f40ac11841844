namespace Matrixd.Agents;

/// <summary>One agent of the configuration.</summary>
internal sealed record AgentOptions
{
    public required string Name { get; init; }

    public bool Default { get; init; }

    public IReadOnlyList<string> Numbers { get; init; } = [];

    public string Voice { get; init; } = "";

    public string Language { get; init; } = "";

    public string Prompt { get; init; } = "";

    public string Greeting { get; init; } = "";

    /// <summary>Path of a WAV; empty: none.</summary>
    public string Apology { get; init; } = "";

    public IReadOnlyList<string> Tools { get; init; } = [];

    public IReadOnlyList<string> Knowledge { get; init; } = [];
}

/// <summary>One HTTP tool of the configuration.</summary>
internal sealed record ToolOptions
{
    public required string Name { get; init; }

    public required string Description { get; init; }

    public required Uri Url { get; init; }

    /// <summary>GET puts the arguments into the query, the others send them as a JSON body.</summary>
    public string Method { get; init; } = "POST";

    /// <summary>JSON Schema of the arguments, an object; empty: none are taken.</summary>
    public string Parameters { get; init; } = "";

    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(8);

    /// <summary>Largest answer that is read [bytes]; a larger one is an error.</summary>
    public int MaxResponseBytes { get; init; } = 64 * 1024;

    /// <summary>Further request headers; values may be secret.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; } = [];

    // The compiler's ToString would print the address, whose query may hold a key.
    public override string ToString() => $"{Name}: {Method} {Url.Host}";
}
