namespace Matrixd.Config;

/// <summary><c>[limits]</c></summary>
internal static class LimitsKeys
{
    public const string CallMax = "call_max";
    public const string StartTimeout = "start_timeout";
    public const string ModelReadyTimeout = "model_ready_timeout";
    public const string MediaIdle = "media_idle";
    public const string CloseTimeout = "close_timeout";

    public static ConfigSection Section { get; } = new("limits", Repeated: false, "When a call is ended, whatever goes on in it.",
    [
        new(CallMax, ConfigKeyType.Duration)
        {
            Default = "\"60m\"",
            Rule = Ranges.Durations("1s", "18h"),
            Doc = "Longest call. After it matrixd hangs up its end, and the call goes on to the next applet of your flow.",
        },
        new(StartTimeout, ConfigKeyType.Duration)
        {
            Default = "\"5s\"",
            Rule = Ranges.Durations("100ms", "60s"),
            Doc = "How long Exotel may take from connecting to saying which call it is.",
        },
        new(ModelReadyTimeout, ConfigKeyType.Duration)
        {
            Default = "\"8s\"",
            Rule = Ranges.Durations("100ms", "60s"),
            Doc = "How long Gemini may take from the start of the call until it is ready to talk.",
        },
        new(MediaIdle, ConfigKeyType.Duration)
        {
            Default = "\"10s\"",
            Rule = Ranges.Durations("100ms", "10m"),
            Doc = "The line is taken for dead when Exotel sends no sound for this long. (A silent caller sends sound too.)",
        },
        new(CloseTimeout, ConfigKeyType.Duration)
        {
            Default = "\"2s\"",
            Rule = Ranges.Durations("50ms", "30s"),
            Doc = "How long the other side may take to say goodbye before the connection is cut.",
        },
    ]);
}
