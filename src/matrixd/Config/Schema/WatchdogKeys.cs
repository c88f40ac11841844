namespace Matrixd.Config;

/// <summary><c>[watchdog]</c></summary>
internal static class WatchdogKeys
{
    public const string Enabled = "enabled";
    public const string NoAnswer = "no_answer";
    public const string SilentAudio = "silent_audio";
    public const string NoMessage = "no_message";
    public const string BrokenTurn = "broken_turn";
    public const string Step = "step";
    public const string Nudge = "nudge";

    public static ConfigSection Section { get; } = new("watchdog", Repeated: false, "What happens when Gemini falls silent although its connection stands: it is asked to go on, then gets another\nconnection, then another session; at last the caller hears the agent's apology and goes to the next applet.",
    [
        new(Enabled, ConfigKeyType.Flag)
        {
            Default = "true",
            Doc = "false: silence is left to the caller.",
        },
        new(NoAnswer, ConfigKeyType.Duration)
        {
            Default = "\"5s\"",
            Rule = Ranges.Durations("1s", "60s"),
            Doc = "How long Gemini may take from the caller's last word to its first sound. Time of running tools does not count, and a\ncaller who says nothing is not waiting. An answer takes 1 to 2 s; a model that thinks first may need \"8s\" here.",
        },
        new(SilentAudio, ConfigKeyType.Duration)
        {
            Default = "\"3s\"",
            Rule = Ranges.Durations("500ms", "60s"),
            Doc = "How much audio in a row may hold nothing that can be heard.",
        },
        new(NoMessage, ConfigKeyType.Duration)
        {
            Default = "\"10s\"",
            Rule = Ranges.Durations("2s", "120s"),
            Doc = "How long a caller may speak without a single message of any kind from Gemini. The connection is then taken for dead.",
        },
        new(BrokenTurn, ConfigKeyType.Duration)
        {
            Default = "\"3s\"",
            Rule = Ranges.Durations("1s", "60s"),
            Doc = "How long an answer that has begun may stop without an end, after the caller has heard all that came of it.",
        },
        new(Step, ConfigKeyType.Duration)
        {
            Default = "\"4s\"",
            Rule = Ranges.Durations("1s", "60s"),
            Doc = "How long each step is given to help before the next one is taken.",
        },
        new(Nudge, ConfigKeyType.Text)
        {
            Default = "\"\"",
            Rule = Ranges.Length(1000),
            Doc = "What Gemini is told when it is to go on. Empty: a note in English that the caller is waiting, which every model\nunderstands whatever language it speaks.",
        },
    ]);
}
