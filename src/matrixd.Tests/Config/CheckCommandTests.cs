using System.Text.Json;
using Matrixd.Config;
using Matrixd.Tests.Support;
using Xunit;

namespace Matrixd.Tests.Config;

public sealed class CheckCommandTests : IDisposable
{
    private const string Other = "/tmp/new.toml";
    private readonly ConfigTestEnvironment _environment = new();
    private readonly StringWriter _out = new() { NewLine = "\n" };
    private readonly StringWriter _err = new() { NewLine = "\n" };

    [Fact]
    public void A_good_file_is_one_line_and_exit_code_0()
    {
        Assert.Equal(0, Run(ConfigSamples.With("[[agent]]", "numbers = [\"08040000000\"]")));
        Assert.Equal("OK: /etc/matrixd/matrixd.toml (1 agent, 0 tools, 1 number)\n", _out.ToString());
        Assert.Empty(_err.ToString());
    }

    [Fact]
    public void Warnings_do_not_fail_it()
    {
        Assert.Equal(0, Run(ConfigSamples.Least.Replace("default = true\n", "", StringComparison.Ordinal)));
        Assert.StartsWith("warning: /etc/matrixd/matrixd.toml:9:1: agent.default: ", _err.ToString(), StringComparison.Ordinal);
        Assert.StartsWith("OK: ", _out.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_bad_file_is_all_its_errors_and_exit_code_2()
    {
        Assert.Equal(2, Run(ConfigSamples.With("[gemini]", "uplink_frame = \"30ms\"\nmodle = 1")));
        Assert.Equal(
            """
            /etc/matrixd/matrixd.toml:6:16: gemini.uplink_frame = "30ms": must be 20ms, 40ms, 60ms, 80ms or 100ms
            /etc/matrixd/matrixd.toml:7:1: gemini.modle: is no key that matrixd knows; did you mean model?
            FAILED: /etc/matrixd/matrixd.toml (2 errors)

            """,
            _err.ToString());
        Assert.Empty(_out.ToString());
    }

    [Fact]
    public void Json_has_every_field_of_an_error()
    {
        Assert.Equal(2, Run(ConfigSamples.With("[gemini]", "modle = 1"), json: true));
        using JsonDocument document = JsonDocument.Parse(_out.ToString());
        Assert.Equal(
            """{"ok":false,"file":"/etc/matrixd/matrixd.toml","agents":0,"tools":0,"numbers":0,"errors":[{"file":"/etc/matrixd/matrixd.toml","line":6,"column":1,"key":"gemini.modle","value":"","message":"is no key that matrixd knows","hint":"did you mean model?"}],"warnings":[]}""",
            _out.ToString().TrimEnd());
        Assert.Empty(_err.ToString());
    }

    [Fact]
    public void Json_of_a_good_file_counts_and_warns()
    {
        Assert.Equal(0, Run(ConfigSamples.Least.Replace("default = true\n", "", StringComparison.Ordinal), json: true));
        using JsonDocument document = JsonDocument.Parse(_out.ToString());
        Assert.True(document.RootElement.GetProperty("ok").GetBoolean());
        Assert.Equal(1, document.RootElement.GetProperty("agents").GetInt32());
        Assert.Equal("agent.default", document.RootElement.GetProperty("warnings")[0].GetProperty("key").GetString());
        Assert.False(document.RootElement.TryGetProperty("changes", out _));
    }

    [Fact]
    public void A_diff_names_each_key_that_differs_and_hides_secrets()
    {
        string changed = ConfigSamples.Least
            .Replace("AIza-secret-key", "AIza-other-key", StringComparison.Ordinal)
            .Replace("[gemini]", "[gemini]\nuplink_frame = \"40ms\"\nrotate_after = \"480s\"", StringComparison.Ordinal)
            .Replace("default = true", "default = true\nnumbers = [\"08040000000\"]", StringComparison.Ordinal)
            + "[[agent]]\nname = \"sales\"\nprompt = \"Sell.\"\n";
        Assert.Equal(0, Run(ConfigSamples.Least, changed));
        Assert.Equal(
            """
            OK: /etc/matrixd/matrixd.toml (1 agent, 0 tools, 0 numbers)
            gemini.uplink_frame: "20ms" → "40ms"
            agent.reception.numbers: [] → ["…0000"]
            gemini.api_key: "***" → "***"
            agent.sales.name: (none) → "sales"
            """,
            string.Join('\n', _out.ToString().Split('\n').Take(5)));
        Assert.DoesNotContain("other-key", _out.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_diff_of_the_same_values_says_so()
    {
        Assert.Equal(0, Run(ConfigSamples.Least, ConfigSamples.With("[server]", "drain_timeout = \"900s\" # as ever")));
        Assert.EndsWith("\n/tmp/new.toml says the same\n", _out.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_diff_is_in_the_json()
    {
        Assert.Equal(0, Run(ConfigSamples.Least, ConfigSamples.With("[server]", "max_calls = 3"), json: true));
        using JsonDocument document = JsonDocument.Parse(_out.ToString());
        Assert.Equal("""[{"key":"server.max_calls","old":"0","new":"3"}]""", document.RootElement.GetProperty("changes").GetRawText());
    }

    [Fact]
    public void A_diff_with_a_bad_file_fails_with_its_errors()
    {
        Assert.Equal(2, Run(ConfigSamples.Least, "x = "));
        Assert.Equal("/tmp/new.toml:1:5: a value expected, found the end of the file; text stands in quotes: \"…\"\nFAILED: /tmp/new.toml (1 error)\n", _err.ToString());
    }

    [Fact]
    public void The_real_environment_is_the_default()
    {
        Assert.Equal(2, CheckCommand.Run("/nonexistent/matrixd.toml", null, json: false, _out, _err));
        Assert.StartsWith("/nonexistent/matrixd.toml: the configuration does not exist; ", _err.ToString(), StringComparison.Ordinal);
    }

    public void Dispose()
    {
        _out.Dispose();
        _err.Dispose();
    }

    private int Run(string toml, string? other = null, bool json = false)
    {
        _environment.With(ConfigTestEnvironment.ConfigPath, toml);
        if (other is not null)
        {
            _environment.With(Other, other);
        }

        return CheckCommand.Run(ConfigTestEnvironment.ConfigPath, other is null ? null : Other, json, _out, _err, _environment);
    }
}
