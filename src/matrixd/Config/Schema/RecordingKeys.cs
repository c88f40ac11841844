namespace Matrixd.Config;

/// <summary><c>[recording]</c></summary>
internal static class RecordingKeys
{
    public const string Enabled = "enabled";
    public const string Directory = "directory";

    public static ConfigSection Section { get; } = new("recording", Repeated: false, "Recordings: one stereo WAV for each call, caller left, agent right. Tell callers that you record.",
    [
        new(Enabled, ConfigKeyType.Flag)
        {
            Default = "true",
            Doc = "false: calls are not recorded.",
        },
        new(Directory, ConfigKeyType.Text)
        {
            Default = "\"/var/lib/matrixd/recordings\"",
            Rule = Ranges.NotEmpty(4096),
            Doc = "Folder of the recordings, with one folder a day in it. An hour of calls takes about 110 MB.",
        },
    ]);
}
