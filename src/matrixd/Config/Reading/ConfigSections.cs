namespace Matrixd.Config;

/// <summary>All sections of one file.</summary>
internal sealed class ConfigSections
{
    private readonly ConfigLoad _load;

    public ConfigSections(ConfigLoad load, TomlTable root)
    {
        _load = load;
        foreach (TomlEntry entry in root.Entries.Where(e => ConfigSchema.Find(e.Key) is null))
        {
            string what = entry.Value is TomlTable or TomlArray { OfTables: true } ? "is no section that matrixd knows" : "stands in no section";
            load.Error(entry.KeyPosition, entry.Key, "", new ConfigRefusal(what, UnknownKeys.SectionHint(entry.Key)));
        }

        Server = One(root, ServerKeys.Section);
        Store = One(root, StoreKeys.Section);
        Exotel = One(root, ExotelKeys.Section);
        Gemini = One(root, GeminiKeys.Section);
        Limits = One(root, LimitsKeys.Section);
        BargeIn = One(root, BargeInKeys.Section);
        Watchdog = One(root, WatchdogKeys.Section);
        Recording = One(root, RecordingKeys.Section);
        Diagnostics = One(root, DiagnosticsKeys.Section);
        Agents = Many(root, AgentKeys.Section, AgentKeys.Name);
        Tools = Many(root, ToolKeys.Section, ToolKeys.Name);
    }

    public SectionValues Server { get; }

    public SectionValues Store { get; }

    public SectionValues Exotel { get; }

    public SectionValues Gemini { get; }

    public SectionValues Limits { get; }

    public SectionValues BargeIn { get; }

    public SectionValues Watchdog { get; }

    public SectionValues Recording { get; }

    public SectionValues Diagnostics { get; }

    public IReadOnlyList<SectionValues> Agents { get; }

    public IReadOnlyList<SectionValues> Tools { get; }

    private SectionValues One(TomlTable root, ConfigSection schema)
    {
        TomlTable? table = null;
        if (root.TryGet(schema.Name, out TomlEntry? entry))
        {
            table = entry.Value as TomlTable;
            if (table is null)
            {
                _load.Error(entry.KeyPosition, schema.Name, "", new ConfigRefusal("must be one section", $"write {schema.Header}, once"));
            }
        }

        return new SectionValues(_load, schema, table, schema.Name);
    }

    private List<SectionValues> Many(TomlTable root, ConfigSection schema, string nameKey)
    {
        if (!root.TryGet(schema.Name, out TomlEntry? entry))
        {
            return [];
        }

        if (entry.Value is not TomlArray array || array.Items.Any(item => item is not TomlTable))
        {
            _load.Error(entry.KeyPosition, schema.Name, "", new ConfigRefusal("must be a section that can repeat", $"write {schema.Header}, with two brackets"));
            return [];
        }

        return [.. array.Items.Cast<TomlTable>().Select((table, index) => new SectionValues(_load, schema, table, $"{schema.Name}.{NameOf(table, nameKey, index)}"))];
    }

    private static string NameOf(TomlTable table, string key, int index) =>
        table.TryGet(key, out TomlEntry? entry) && entry.Value is TomlScalar { Value: string name } ? name : $"#{index + 1}";
}
