using System.Text.RegularExpressions;
using Matrixd.Config;
using Matrixd.Tests.Support;
using Xunit;

namespace Matrixd.Tests.Config;

/// <summary><c>matrixd.toml.example</c> holds every key, its words and its default.</summary>
public sealed partial class ConfigExampleTests
{
    private static readonly string Example = File.ReadAllText(Path.Combine(Root(), "matrixd.toml.example"));

    [Fact]
    public void The_example_is_what_the_schema_says() => Assert.Equal(ConfigExample.Render(), Example);

    [Fact]
    public void The_example_loads_without_warnings()
    {
        LoadedConfig loaded = Load(Example);
        Assert.Empty(loaded.Warnings);
        Assert.Equal("gemini-key", loaded.Config.Gemini.ApiKey);
        Assert.Equal(["lookup_order"], Assert.Single(loaded.Config.Agents).Tools);
    }

    [Fact]
    public void Uncommenting_every_key_changes_nothing()
    {
        string all = Commented().Replace(Example, "$1");
        Assert.Equal(ConfigSchema.Sections.Sum(s => s.Keys.Count(k => k.Sample is null)), Commented().Count(Example));
        Assert.Empty(ConfigDiff.Between(Load(Example), Load(all)));
        Assert.Empty(Load(all).Warnings);
    }

    [Fact]
    public void It_names_every_key_that_the_reader_knows_and_none_else()
    {
        TomlTable root = TomlDocument.Parse(Commented().Replace(Example, "$1"), "matrixd.toml.example");
        Assert.Equal(ConfigSchema.Sections.Select(s => s.Name), root.Entries.Select(e => e.Key));
        foreach (ConfigSection section in ConfigSchema.Sections)
        {
            TomlValue value = root.Entries.Single(e => e.Key == section.Name).Value;
            TomlTable table = section.Repeated ? (TomlTable)Assert.Single(((TomlArray)value).Items) : (TomlTable)value;
            Assert.Equal(section.Keys.Select(k => k.Name), table.Entries.Select(e => e.Key));
        }
    }

    [Fact]
    public void Every_default_passes_its_own_rule()
    {
        foreach (ConfigKey key in ConfigSchema.Sections.SelectMany(s => s.Keys).Where(k => !k.Required))
        {
            Assert.NotNull(ConfigConvert.Convert(key, ConfigDefaults.Of(key), (_, refusal) => Assert.Fail($"{key.Name}: {refusal.Message}")));
            Assert.NotNull(ConfigDefaults.Converted(key));
        }
    }

    [Fact]
    public void Every_key_has_its_words_and_no_name_stands_twice_in_a_section()
    {
        foreach (ConfigSection section in ConfigSchema.Sections)
        {
            Assert.Equal(section.Keys.Count, section.Keys.Select(k => k.Name).Distinct().Count());
            Assert.All(section.Keys, key => Assert.True(key.Doc.Length >= 20 && key.Doc.TrimEnd(')').EndsWith('.'), key.Name));
            Assert.All(section.Keys.Where(k => k.Secret && k.Type == ConfigKeyType.Text), key => Assert.Contains(section.Keys, k => k.Name == key.Name + "_file"));
        }

        Assert.All(Example.Split('\n'), line => Assert.True(line.Length <= 125, line));
    }

    [GeneratedRegex("^# ([a-z_]+ = .*)$", RegexOptions.Multiline | RegexOptions.CultureInvariant)]
    private static partial Regex Commented();

    private static LoadedConfig Load(string text) =>
        new ConfigTestEnvironment().With("/etc/matrixd/gemini-key", "gemini-key").With("/etc/matrixd/exotel-basic-password", "a-long-password").Load(text);

    private static string Root()
    {
        string directory = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(directory, "matrixd.slnx")))
        {
            directory = Path.GetDirectoryName(directory) ?? throw new InvalidOperationException("the tests run outside their repository");
        }

        return directory;
    }
}
