using Matrixd.Config;
using Matrixd.Tests.Support;
using Xunit;

namespace Matrixd.Tests.Config;

public sealed class ConfigReaderTests
{
    private readonly ConfigTestEnvironment _environment = new();

    [Fact]
    public void The_least_file_loads_without_warnings()
    {
        LoadedConfig loaded = _environment.Load(ConfigSamples.Least);
        Assert.Empty(loaded.Warnings);
        Assert.Equal("AIza-secret-key", loaded.Config.Gemini.ApiKey);
        Assert.Equal("reception", Assert.Single(loaded.Config.Agents).Name);
    }
}
