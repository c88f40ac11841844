namespace Matrixd.Config;

/// <summary>What to say of a key or section that nobody knows.</summary>
internal static class UnknownKeys
{
    public static string Hint(ConfigSection section, string key)
    {
        ConfigSection? home = ConfigSchema.Sections.FirstOrDefault(s => s != section && s.Keys.Any(k => k.Name == key));
        if (Nearest.Of(key, section.Keys.Select(k => k.Name)) is { } near)
        {
            return $"did you mean {near}?";
        }

        return home is not null ? $"{key} belongs under {home.Header}" : $"matrixd.toml.example lists the keys of {section.Header}";
    }

    public static string SectionHint(string name)
    {
        if (Nearest.Of(name, ConfigSchema.Sections.Select(s => s.Name)) is { } near)
        {
            return $"did you mean {ConfigSchema.Find(near)!.Header}?";
        }

        ConfigSection? home = ConfigSchema.Sections.FirstOrDefault(s => s.Keys.Any(k => k.Name == name));
        return home is not null ? $"{name} belongs under {home.Header}" : "the sections are " + string.Join(", ", ConfigSchema.Sections.Select(s => s.Header));
    }
}
