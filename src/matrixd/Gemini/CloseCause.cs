using Matrixd.Calls;
using Matrixd.Transport;

namespace Matrixd.Gemini;

/// <summary>Why the service closed a connection, judged by code, text and stage.</summary>
/// <param name="Reason">What it means for the call.</param>
/// <param name="Code">Close code; 1005 or 1006 where no frame said one; an HTTP status at <see cref="CloseStage.Upgrade"/>.</param>
/// <param name="Text">The service's words, cleaned; often a lie, so it never stands alone.</param>
/// <param name="Causes">What is likely behind it and what to do, the likeliest first; at least one.</param>
/// <param name="Traits">What follows for tokens and retries.</param>
internal sealed record CloseCause(CallEndReason Reason, int Code, string Text, CloseStage Stage, IReadOnlyList<LikelyCause> Causes, CloseTraits Traits)
{
    /// <summary>The token's uses are gone: another one will do.</summary>
    public bool TokenExhausted => Traits.HasFlag(CloseTraits.TokenExhausted);

    /// <summary>The token or the key is refused: another token may do, once.</summary>
    public bool TokenBad => Traits.HasFlag(CloseTraits.TokenBad);

    /// <summary>Too much is asked of the project: wait, and take no new calls meanwhile.</summary>
    public bool Quota => Traits.HasFlag(CloseTraits.Quota);

    /// <summary>The same again would end the same.</summary>
    public bool Permanent => Traits.HasFlag(CloseTraits.Permanent);

    /// <summary>What the text could also mean, and what speaks against it here.</summary>
    public IReadOnlyList<(LikelyCause Cause, string Because)> RuledOut { get; private init; } = [];

    /// <summary>The likeliest cause's short name.</summary>
    public string Slug => Causes[0].Slug;

    /// <summary>Judges a close.</summary>
    /// <param name="text">The reason as it came; untrusted.</param>
    /// <param name="secret">The key, should the text quote it; empty: none.</param>
    /// <param name="evidence">What we had sent; null: not known.</param>
    public static CloseCause Classify(int code, string text, CloseStage stage, string secret = "", CloseEvidence? evidence = null)
    {
        string clean = PlainText.Clean(text, secret: secret);
        CloseRule rule = CloseRules.Find(code, text, stage);
        evidence ??= CloseEvidence.None;
        var weighed = rule.Causes.Select(cause => (Cause: cause, Verdict: evidence.Weigh(cause.Slug, stage))).ToList();
        LikelyCause[] likely = [.. weighed.Where(cause => cause.Verdict.Weight >= 0).OrderByDescending(cause => cause.Verdict.Weight).Select(cause => cause.Cause)];
        return new CloseCause(rule.Reason ?? ReasonAt(stage, code), code, clean, stage, likely.Length > 0 ? likely : rule.Causes, rule.Traits)
        {
            RuledOut = likely.Length > 0 ? [.. weighed.Where(cause => cause.Verdict.Weight < 0).Select(cause => (cause.Cause, cause.Verdict.Against))] : [],
        };
    }

    /// <summary>Judges a dial that did not come to an HTTP answer.</summary>
    public static CloseCause OfDial(DialStage dial, string text, string secret = "") =>
        new(CallEndReason.ModelUnreachable, 0, PlainText.Clean(text, secret: secret), CloseStage.Connect, CloseRules.OfDial(dial), CloseTraits.None);

    /// <summary>Code, text and stage; never to be shown without the causes.</summary>
    public string Headline() => $"{(Code == 0 ? "" : $"{Code} ")}{(Text.Length > 0 ? $"\"{Text}\"" : "without a text")} {Words(Stage)}";

    /// <summary>One line for row and log: code, text and stage, then the likely causes in order.</summary>
    public string Describe()
    {
        string causes = string.Join(" ", Causes.Select((cause, i) => $"({i + 1}) {cause.What}: {cause.Fix}."));
        string ruledOut = RuledOut.Count == 0 ? "" : " Not: " + string.Join("; ", RuledOut.Select(no => $"{no.Cause.What} ({no.Because})")) + ".";
        return $"{Headline()}; likely, in this order: {causes}{ruledOut}";
    }

    // Where the text does not decide, the stage does. A close frame is a decision of the service; without one the connection was lost.
    private static CallEndReason ReasonAt(CloseStage stage, int code) => (stage, code is 1005 or 1006 or 0) switch
    {
        (CloseStage.Upgrade, _) => code is >= 400 and < 500 ? CallEndReason.ModelRefused : CallEndReason.ModelUnreachable,
        (CloseStage.BeforeSetupComplete, true) => CallEndReason.ModelUnreachable,
        (CloseStage.BeforeSetupComplete, false) => CallEndReason.ModelRefused,
        (CloseStage.FirstAudio, false) when code is 1007 or 1008 => CallEndReason.ModelRefused,
        (_, _) => code is 1000 or 1001 ? CallEndReason.ModelEnded : CallEndReason.ModelLost,
    };

    private static string Words(CloseStage stage) => stage switch
    {
        CloseStage.Connect => "at the connection",
        CloseStage.Upgrade => "at the upgrade",
        CloseStage.BeforeSetupComplete => "before setupComplete",
        CloseStage.FirstAudio => "at the first audio frames",
        _ => "during the call",
    };
}

/// <summary>How far a connection had come when it closed.</summary>
internal enum CloseStage
{
    /// <summary>Name, TCP, proxy, TLS: nothing of HTTP yet.</summary>
    Connect,

    /// <summary>No 101 yet.</summary>
    Upgrade,

    /// <summary>The setup is out, or about to be.</summary>
    BeforeSetupComplete,

    /// <summary>Within the first second of caller audio.</summary>
    FirstAudio,

    MidCall,
}

/// <param name="Slug">One of <see cref="CauseSlugs"/>.</param>
/// <param name="What">What is wrong.</param>
/// <param name="Fix">What to do.</param>
internal sealed record LikelyCause(string Slug, string What, string Fix);

[Flags]
internal enum CloseTraits
{
    None = 0,
    TokenExhausted = 1,
    TokenBad = 2,
    Quota = 4,
    Permanent = 8,
}
