namespace Matrixd.Config;

/// <summary><c>[diagnostics]</c></summary>
internal static class DiagnosticsKeys
{
    public const string WireTap = "wire_tap";
    public const string TapDirectory = "tap_directory";
    public const string TapAudio = "tap_audio";
    public const string TapNumbers = "tap_numbers";
    public const string TapCallBytes = "tap_call_bytes";
    public const string TapMaxBytes = "tap_max_bytes";
    public const string TapKeep = "tap_keep";
    public const string FlightRecorder = "flight_recorder";

    public static ConfigSection Section { get; } = new("diagnostics", Repeated: false, "What matrixd writes down for whoever looks for a fault. See docs/wire-tap.md.",
    [
        new(WireTap, ConfigKeyType.Text)
        {
            Default = "\"off\"",
            Rule = ConfigRule.Text("", text => TapWord.TryParse(text, out _, out string wrong)
                ? null
                : new ConfigRefusal($"names no calls with \"{(wrong.Length > 32 ? wrong[..32] + "…" : wrong)}\"", TapWord.Usage)),
            Number = true,
            Doc = "Calls whose every message is written to a file, both sockets: \"off\", \"on\" (every call), \"next:5\" (the five calls\nafter the start), \"call:SID\", \"from:4321\" or \"to:08040000000\" (numbers, or their last four digits or more); several\nparted by commas. What is said in a call stands in its file: tap only as long as you need it.",
        },
        new(TapDirectory, ConfigKeyType.Text)
        {
            Default = "\"/var/lib/matrixd/taps\"",
            Rule = Ranges.NotEmpty(4096),
            Doc = "Folder of these files, readable by matrixd alone. It is made when the first one is written.",
        },
        new(TapAudio, ConfigKeyType.Text)
        {
            Default = "\"elide\"",
            Rule = Ranges.OneText("elide", "keep"),
            Doc = "\"keep\": with the sound, so that `matrixd replay` can play the call again; about 400 MB an hour instead of 40.",
        },
        new(TapNumbers, ConfigKeyType.Text)
        {
            Default = "\"mask\"",
            Rule = Ranges.OneText("mask", "keep"),
            Doc = "\"mask\": of telephone numbers only the last four digits are written.",
        },
        new(TapCallBytes, ConfigKeyType.Text)
        {
            Default = "\"128MiB\"",
            Rule = ByteSizes.Between("64KiB", "16GiB"),
            Doc = "Largest file of one call; what comes after is left out.",
        },
        new(TapMaxBytes, ConfigKeyType.Text)
        {
            Default = "\"1GiB\"",
            Rule = ByteSizes.Between("1MiB", "1024GiB"),
            Doc = "All files together; beyond it the oldest are removed.",
        },
        new(TapKeep, ConfigKeyType.Duration)
        {
            Default = "\"168h\"",
            Rule = Ranges.Durations("1m", "8760h"),
            Doc = "Older files are removed.",
        },
        new(FlightRecorder, ConfigKeyType.Flag)
        {
            Default = "true",
            Doc = "The last control messages of every call are kept in memory (2 KiB a call, no sound, no words), and written to\ntap_directory when the call ends badly.",
        },
    ]);
}
