using System.Text.Json;
using Matrixd.Config;
using Xunit;
using Xunit.Abstractions;

namespace Matrixd.Tests.Config;

/// <summary>The cases of https://github.com/toml-lang/toml-test, where TOML_TEST_DIR names its <c>tests</c> directory.</summary>
public sealed class TomlSpecificationTests(ITestOutputHelper output)
{
    private const string List = "files-toml-1.0.0";

    [Fact]
    public void Every_valid_case_of_the_specification_gives_its_values()
    {
        int run = 0;
        foreach (string file in Cases("valid/"))
        {
            TomlTable table = TomlDocument.Parse(File.ReadAllBytes(file), file);
            using JsonDocument expected = JsonDocument.Parse(File.ReadAllBytes(Path.ChangeExtension(file, ".json")));
            TomlTagged.AssertSame(expected.RootElement, table, file);
            run++;
        }

        output.WriteLine($"{run} valid cases run");
    }

    [Fact]
    public void Every_invalid_case_of_the_specification_is_refused()
    {
        int run = 0;
        List<string> taken = [];
        foreach (string file in Cases("invalid/"))
        {
            run++;
            try
            {
                TomlDocument.Parse(File.ReadAllBytes(file), file);
                taken.Add(file);
            }
            catch (TomlException e)
            {
                Assert.True(e.Position.Line >= 1 && e.Position.Column >= 1, e.Message);
                Assert.NotEmpty(e.What);
            }
        }

        Assert.Empty(taken);
        output.WriteLine($"{run} invalid cases run");
    }

    private List<string> Cases(string kind)
    {
        string? directory = Environment.GetEnvironmentVariable("TOML_TEST_DIR");
        if (string.IsNullOrEmpty(directory))
        {
            output.WriteLine($"not run: TOML_TEST_DIR does not name a directory with {List}");
            return [];
        }

        List<string> files = File.ReadLines(Path.Combine(directory, List))
            .Where(line => line.StartsWith(kind, StringComparison.Ordinal) && line.EndsWith(".toml", StringComparison.Ordinal))
            .Select(line => Path.Combine(directory, line))
            .ToList();
        Assert.NotEmpty(files);
        return files;
    }
}
