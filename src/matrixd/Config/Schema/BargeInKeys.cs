namespace Matrixd.Config;

/// <summary><c>[barge_in]</c></summary>
internal static class BargeInKeys
{
    public const string Detector = "detector";
    public const string MinimumSpeech = "minimum_speech";
    public const string Grace = "grace";
    public const string StartGrace = "start_grace";
    public const string Reversible = "reversible";
    public const string Confirm = "confirm";
    public const string ResumeAfter = "resume_after";

    public const string Model = "model";
    public const string Local = "local";

    public static ConfigSection Section { get; } = new("barge_in", Repeated: false, "What happens when a caller talks over the agent. When Gemini says so, the agent falls silent at once, whatever stands here.",
    [
        new(Detector, ConfigKeyType.Text)
        {
            Default = "\"model\"",
            Rule = Ranges.OneText(Model, Local),
            Doc = "\"model\": Gemini alone decides. \"local\": matrixd listens too, and pauses the agent some hundred milliseconds earlier.\nThe keys below count with \"local\" only.",
        },
        new(MinimumSpeech, ConfigKeyType.Duration)
        {
            Default = "\"250ms\"",
            Rule = Ranges.Durations("50ms", "2s"),
            Doc = "How long a voice must be heard over the noise of the line, the agent's own echo left out. A cough is shorter,\na word that means something seldom is.",
        },
        new(Grace, ConfigKeyType.Duration)
        {
            Default = "\"500ms\"",
            Rule = Ranges.Durations("0ms", "10s"),
            Doc = "So long after the agent has begun to speak nothing is taken for an interruption: it is the end of what the caller\nwas saying, or the first echo.",
        },
        new(StartGrace, ConfigKeyType.Duration)
        {
            Default = "\"4s\"",
            Rule = Ranges.Durations("0ms", "60s"),
            Doc = "So long after the start of a call nothing is: trial accounts of Exotel play an announcement there.",
        },
        new(Reversible, ConfigKeyType.Flag)
        {
            Default = "true",
            Doc = "true: the agent pauses first. If the caller only coughed or said \"haan\", it goes on where it was heard to stop.\nfalse: what it had to say is dropped at once.",
        },
        new(Confirm, ConfigKeyType.Duration)
        {
            Default = "\"800ms\"",
            Rule = Ranges.Durations("100ms", "5s"),
            Doc = "How long a voice must be heard until a pause is an interruption for good, if Gemini does not say so before.",
        },
        new(ResumeAfter, ConfigKeyType.Duration)
        {
            Default = "\"400ms\"",
            Rule = Ranges.Durations("100ms", "3s"),
            Doc = "How long the caller must be silent until the agent goes on after a pause.",
        },
    ]);
}
