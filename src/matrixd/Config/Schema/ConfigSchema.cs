namespace Matrixd.Config;

/// <summary>Every section of the file, in the order of the example.</summary>
internal static class ConfigSchema
{
    public static IReadOnlyList<ConfigSection> Sections { get; } =
    [
        ServerKeys.Section,
        StoreKeys.Section,
        ExotelKeys.Section,
        GeminiKeys.Section,
        LimitsKeys.Section,
        BargeInKeys.Section,
        WatchdogKeys.Section,
        RecordingKeys.Section,
        DiagnosticsKeys.Section,
        AgentKeys.Section,
        ToolKeys.Section,
    ];

    public static ConfigSection? Find(string name) => Sections.FirstOrDefault(s => s.Name == name);
}
