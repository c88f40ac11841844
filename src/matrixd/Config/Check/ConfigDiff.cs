namespace Matrixd.Config;

/// <summary>One key whose value in force differs between two configurations.</summary>
/// <param name="Old">Empty: the section is new.</param>
/// <param name="New">Empty: the section is gone.</param>
internal sealed record ConfigChange(string Key, string Old, string New)
{
    public override string ToString() => $"{Key}: {(Old.Length == 0 ? "(none)" : Old)} → {(New.Length == 0 ? "(none)" : New)}";
}

/// <summary>What differs between two configurations.</summary>
internal static class ConfigDiff
{
    /// <summary>In the order of the old configuration; what is new follows. Agents and tools are matched by name.</summary>
    public static IReadOnlyList<ConfigChange> Between(LoadedConfig old, LoadedConfig @new)
    {
        Dictionary<string, ConfigValue> news = Index(@new);
        Dictionary<string, ConfigValue> olds = Index(old);
        List<ConfigChange> changes = [];
        foreach (ConfigValue value in olds.Values)
        {
            if (!news.TryGetValue(value.Path, out ConfigValue? now))
            {
                changes.Add(new ConfigChange(value.Path, value.Shown, ""));
            }
            else if (!value.Same(now))
            {
                changes.Add(new ConfigChange(value.Path, value.Shown, now.Shown));
            }
        }

        changes.AddRange(news.Values.Where(value => !olds.ContainsKey(value.Path)).Select(value => new ConfigChange(value.Path, "", value.Shown)));
        return changes;
    }

    /// <summary>Names are unique in a configuration that loaded.</summary>
    private static Dictionary<string, ConfigValue> Index(LoadedConfig config) => config.Values.ToDictionary(v => v.Path, StringComparer.Ordinal);
}
