namespace Matrixd.Simulation;

/// <summary>One simulated call.</summary>
internal sealed record CallerOptions
{
    /// <summary>ws:// or wss://; user:password@ is sent as Basic, a query is taken off and comes back in custom_parameters, as Exotel does both.</summary>
    public required Uri Url { get; init; }

    /// <summary><c>user:password</c>; empty: what the URL says.</summary>
    public string Basic { get; init; } = "";

    /// <summary>An authority to trust beside the system's (PEM file).</summary>
    public string CaFile { get; init; } = "";

    public required CallerAudio Audio { get; init; }

    public required string CallSid { get; init; }

    public required string StreamSid { get; init; }

    public string AccountSid { get; init; } = "simulated1";

    /// <summary>0-prefixed national, as live calls have it.</summary>
    public string From { get; init; } = "09441233609";

    public string To { get; init; } = "08040000000";

    /// <summary>The caller listens so long before the first word.</summary>
    public TimeSpan SpeakAfter { get; init; }

    /// <summary>The line stays open so long after the last word.</summary>
    public TimeSpan Linger { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>From here on the caller talks over the model once, saying it all again; null: he does not.</summary>
    public TimeSpan? BargeAt { get; init; }

    /// <summary>Nothing is sent but by a test's word; the earpiece plays all the same.</summary>
    public bool Scripted { get; init; }

    /// <summary>What was heard, and every event, is kept; a load run keeps the counts alone.</summary>
    public bool Remember { get; init; } = true;
}
