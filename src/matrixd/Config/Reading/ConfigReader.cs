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
        (ConfigSections sections, ProxyChoice proxy) = Judge(load);
        load.ThrowIfErrors();
        return Build(load, sections, proxy);
    }

    /// <summary>As <see cref="Read"/>, for diagnosis: errors come back beside what can still be used, the keys they concern at their defaults.</summary>
    /// <exception cref="ConfigException">There is no file, it is no TOML, or too little of it can be used.</exception>
    public static (LoadedConfig Config, IReadOnlyList<ConfigProblem> Errors) Inspect(string path, IConfigEnvironment environment)
    {
        var load = new ConfigLoad(path, environment);
        (ConfigSections sections, ProxyChoice proxy) = Judge(load);
        try
        {
            return (Build(load, sections, proxy), load.Errors);
        }
        catch (Exception e) when (e is UriFormatException or InvalidOperationException)
        {
            load.ThrowIfErrors(); // what is missing has no default, such as a tool's address
            throw;
        }
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

    /// <summary>The folders of tapes and recordings that a configuration names: for commands that read them and need no secret.</summary>
    /// <exception cref="ConfigException">All that is wrong with the keys of the file; secrets are not looked at.</exception>
    public static (string Taps, string Recordings) Folders(string path, IConfigEnvironment environment)
    {
        var load = new ConfigLoad(path, environment);
        var sections = new ConfigSections(load, Parse(load));
        load.ThrowIfErrors();
        return (sections.Diagnostics.FilePath(DiagnosticsKeys.TapDirectory), sections.Recording.FilePath(RecordingKeys.Directory));
    }

    private static (ConfigSections Sections, ProxyChoice Proxy) Judge(ConfigLoad load)
    {
        var sections = new ConfigSections(load, Parse(load));
        ConfigSecrets.Resolve(load, sections);
        ServerChecks.Run(load, sections);
        ExotelChecks.Run(sections);
        ProxyChoice proxy = GeminiChecks.Run(load, sections);
        ToolChecks.Run(load, sections);
        AgentChecks.Run(load, sections);
        return (sections, proxy);
    }

    private static LoadedConfig Build(ConfigLoad load, ConfigSections sections, ProxyChoice proxy) =>
        new(ConfigBuilder.Build(sections, proxy, MeasuredCapacity.DefaultCalls(sections.Store.FilePath(StoreKeys.Path), load.Environment)), load.Warnings, load.Values) { Secrets = load.Secrets, ProxyOrigin = proxy.Origin };

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
