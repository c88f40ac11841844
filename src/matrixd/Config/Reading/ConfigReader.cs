namespace Matrixd.Config;

/// <summary>Reads <c>matrixd.toml</c>.</summary>
internal static class ConfigReader
{
    /// <exception cref="ConfigException">All that is wrong with the file.</exception>
    public static DaemonConfig Load(string path, IConfigEnvironment environment) => Read(path, environment).Config;

    /// <summary>As <see cref="Load"/>, with the warnings, and the values for a diff.</summary>
    /// <exception cref="ConfigException">All that is wrong with the file.</exception>
    public static LoadedConfig Read(string path, IConfigEnvironment environment)
    {
        var load = new ConfigLoad(path, environment);
        TomlTable root = Parse(load);
        var sections = new ConfigSections(load, root);
        ConfigSecrets.Resolve(load, sections);
        ServerChecks.Run(load, sections);
        ExotelChecks.Run(sections);
        string proxy = GeminiChecks.Run(load, sections);
        ToolChecks.Run(load, sections);
        AgentChecks.Run(load, sections);
        load.ThrowIfErrors();
        return new LoadedConfig(ConfigBuilder.Build(sections, proxy, MeasuredCapacity.DefaultCalls(sections.Store.FilePath(StoreKeys.Path), environment)), load.Warnings, load.Values);
    }

    /// <summary>The database file that a configuration names: for commands that read it and need no secret.</summary>
    /// <exception cref="ConfigException">All that is wrong with the keys of the file; secrets are not looked at.</exception>
    public static string StorePath(string path, IConfigEnvironment environment)
    {
        var load = new ConfigLoad(path, environment);
        var sections = new ConfigSections(load, Parse(load));
        load.ThrowIfErrors();
        return sections.Store.FilePath(StoreKeys.Path);
    }

    private static TomlTable Parse(ConfigLoad load)
    {
        ConfigFile file = load.Environment.Read(load.File, TomlLimits.MaxFileBytes + 1);
        if (file.Failed)
        {
            string hint = file == ConfigFile.Missing ? "copy matrixd.toml.example to this place and fill it in, or name another file with --config" : "";
            load.Error(null, "", "", new ConfigRefusal($"the configuration {file.Failure}", hint));
            load.ThrowIfErrors();
        }

        load.OpenToOthers = file.OpenToOthers;
        try
        {
            return TomlDocument.Parse(file.Bytes, load.File);
        }
        catch (TomlException e)
        {
            load.Error(e.Position, "", "", new ConfigRefusal(e.What, e.Hint));
            load.ThrowIfErrors();
            throw;
        }
    }
}
