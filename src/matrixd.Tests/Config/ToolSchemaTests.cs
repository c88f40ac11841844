using Matrixd.Config;
using Xunit;

namespace Matrixd.Tests.Config;

public class ToolSchemaTests
{
    [Theory]
    [InlineData("""{"type":"object","properties":{"id":{"type":"string","pattern":"("}}}""")]
    [InlineData("""{"type":"object","properties":{"id":{"type":"nonsense"}}}""")]
    public void What_the_running_tool_would_refuse_of_a_schema_is_refused_by_check_too(string schema)
    {
        string directory = Directory.CreateTempSubdirectory("matrixd-schema-").FullName;
        string path = Path.Combine(directory, "matrixd.toml");
        File.WriteAllText(path, $$"""
            [server]
            insecure = true
            [gemini]
            api_key = "k"
            [[agent]]
            name = "a"
            default = true
            prompt = "p"
            [[tool]]
            name = "t"
            description = "d"
            url = "http://127.0.0.1:1/t"
            parameters = '''{{schema}}'''
            """);

        ConfigException e = Assert.Throws<ConfigException>(() => ConfigReader.Load(path, new SystemConfigEnvironment()));

        Assert.Contains(e.Errors, error => error.Key.EndsWith("parameters", StringComparison.Ordinal) && error.Line == 14 - 1);
        Directory.Delete(directory, recursive: true);
    }
}
