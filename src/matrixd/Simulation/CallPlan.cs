namespace Matrixd.Simulation;

/// <summary>What <c>matrixd call</c> was asked to do.</summary>
internal sealed record CallPlan
{
    private static readonly TimeSpan s_politeness = TimeSpan.FromSeconds(3); // a greeting of one sentence

    public Uri? Url { get; init; }

    public string Basic { get; init; } = "";

    public string CaFile { get; init; } = "";

    /// <summary>What the callers say; empty: the built-in recording.</summary>
    public string Wav { get; init; } = "";

    public int Rate { get; init; } = 8000;

    public int FrameMs { get; init; } = 20;

    /// <summary>What was heard; empty: not kept.</summary>
    public string Out { get; init; } = "";

    /// <summary>Said left, heard right; empty: not kept.</summary>
    public string Stereo { get; init; } = "";

    public int Count { get; init; } = 1;

    /// <summary>Calls begun a second.</summary>
    public double Ramp { get; init; } = 20;

    public bool Json { get; init; }

    public string From { get; init; } = "09441233609";

    public string To { get; init; } = "08040000000";

    /// <summary>Empty: one is made up.</summary>
    public string CallSid { get; init; } = "";

    /// <summary>Null: at once, or with the built-in recording when a greeting has been heard.</summary>
    public TimeSpan? SpeakAfter { get; init; }

    public TimeSpan Linger { get; init; } = TimeSpan.FromSeconds(5);

    public TimeSpan? BargeAt { get; init; }

    public string AccountSid { get; init; } = "simulated1";

    public bool Remember => Out.Length > 0 || Stereo.Length > 0;

    /// <exception cref="CommandUsageException">The command line cannot be obeyed.</exception>
    public static CallPlan Parse(string[] args)
    {
        CallPlan plan = new();
        CommandLine line = new(args);
        while (line.Next())
        {
            plan = line.Flag switch
            {
                "--url" => plan with { Url = Address(line.Text()) },
                "--basic" => plan with { Basic = line.Text() is var basic && basic.Contains(':', StringComparison.Ordinal) ? basic : throw new CommandUsageException("--basic takes USER:PASSWORD") },
                "--ca" => plan with { CaFile = line.Text() },
                "--wav" => plan with { Wav = line.Text() },
                "--rate" => plan with { Rate = OneOf(line, 8000, 16000, 24000) },
                "--frame-ms" => plan with { FrameMs = OneOf(line, 20, 100) },
                "--out" => plan with { Out = line.Text() },
                "--stereo" => plan with { Stereo = line.Text() },
                "--count" => plan with { Count = line.Number(1, 20_000) },
                "--ramp" => plan with { Ramp = line.Amount(0.01, 100_000) },
                "--json" => plan with { Json = true },
                "--from" => plan with { From = line.Text() },
                "--to" => plan with { To = line.Text() },
                "--account-sid" => plan with { AccountSid = line.Text() },
                "--call-sid" => plan with { CallSid = line.Text() },
                "--speak-after" => plan with { SpeakAfter = line.Seconds(86_400) },
                "--linger" => plan with { Linger = line.Seconds(86_400) },
                "--barge-at" => plan with { BargeAt = line.Seconds(86_400) },
                _ => throw line.Unknown(),
            };
        }

        return plan.Url is null ? throw new CommandUsageException("--url is needed, such as --url ws://127.0.0.1:8080/exotel") : plan;
    }

    /// <summary>The options of one of the calls.</summary>
    /// <param name="number">From 1.</param>
    public CallerOptions Call(int number, CallerAudio audio) => new()
    {
        Url = Url!,
        Basic = Basic,
        CaFile = CaFile,
        Audio = audio,
        CallSid = CallSid.Length == 0 ? Guid.NewGuid().ToString("N") : Count == 1 ? CallSid : $"{CallSid}-{number}",
        StreamSid = Guid.NewGuid().ToString("N"),
        AccountSid = AccountSid,
        From = From,
        To = To,
        SpeakAfter = SpeakAfter ?? (Wav.Length == 0 ? s_politeness : TimeSpan.Zero),
        Linger = Linger,
        BargeAt = BargeAt,
        Remember = Remember,
    };

    /// <summary>Without credentials and numbers.</summary>
    public override string ToString() => $"{Count} calls to {Url?.Host}:{Url?.Port}";

    private static Uri Address(string text) => Uri.TryCreate(text, UriKind.Absolute, out Uri? url) && url.Scheme is ("ws" or "wss")
        ? url
        : throw new CommandUsageException($"--url takes ws:// or wss://, not \"{text}\"");

    private static int OneOf(CommandLine line, params ReadOnlySpan<int> values)
    {
        int value = line.Number(0, int.MaxValue);
        return values.Contains(value) ? value : throw new CommandUsageException($"{line.Flag} takes {string.Join(" or ", values.ToArray())}, not {value}");
    }
}
