using System.Text;
using Matrixd.Config;

namespace Matrixd.Tests.Support;

/// <summary>An environment that holds what a test puts into it, and nothing of the machine.</summary>
internal sealed class ConfigTestEnvironment : IConfigEnvironment
{
    public const string ConfigPath = "/etc/matrixd/matrixd.toml";

    private readonly Dictionary<string, ConfigFile> _files = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _variables = new(StringComparer.Ordinal);

    public int Processors { get; set; } = 4;

    public DateTimeOffset Now { get; set; } = new(2026, 11, 22, 9, 0, 0, TimeSpan.Zero);

    /// <summary>Paths in the order they were read.</summary>
    public List<string> Reads { get; } = [];

    public string? Variable(string name) => _variables.GetValueOrDefault(name);

    public ConfigFile Read(string path, int maxBytes)
    {
        Reads.Add(path);
        return !_files.TryGetValue(path, out ConfigFile? file) ? ConfigFile.Missing
            : file.Bytes.Length <= maxBytes ? file
            : file with { Bytes = file.Bytes[..maxBytes], Truncated = true };
    }

    public ConfigTestEnvironment With(string path, string text, bool openToOthers = false) => With(path, new ConfigFile { Bytes = Encoding.UTF8.GetBytes(text), OpenToOthers = openToOthers });

    public ConfigTestEnvironment With(string path, ConfigFile file)
    {
        _files[path] = file;
        return this;
    }

    public ConfigTestEnvironment Set(string variable, string value)
    {
        _variables[variable] = value;
        return this;
    }

    public LoadedConfig Load(string toml) => ConfigReader.Read(ConfigPath, With(ConfigPath, toml));

    /// <summary>The errors of a file that must have some.</summary>
    public IReadOnlyList<ConfigProblem> Errors(string toml) => Xunit.Assert.Throws<ConfigException>(() => Load(toml)).Errors;
}
