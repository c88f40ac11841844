using Matrixd.Config;
using Matrixd.Tests.Support;
using Xunit;

namespace Matrixd.Tests.Config;

/// <summary>Where secrets come from, and that none is ever shown.</summary>
public sealed class ConfigSecretTests
{
    private const string NoKey = "api_key = \"AIza-secret-key\"";
    private readonly ConfigTestEnvironment _environment = new();

    [Fact]
    public void Key_wins_over_file_over_variable_over_credential()
    {
        _environment.With("/run/c/gemini-key", "from-credential").Set("CREDENTIALS_DIRECTORY", "/run/c");
        Assert.Equal("from-credential", Key("").ApiKeyValue);
        _environment.Set("MATRIXD_GEMINI_API_KEY", "from-variable");
        Assert.Equal("from-variable", Key("").ApiKeyValue);
        _environment.With("/etc/matrixd/key", "from-file\n");
        Assert.Equal("from-file", Key("api_key_file = \"key\"").ApiKeyValue);
        (string value, IReadOnlyList<ConfigProblem> warnings) = Key("api_key = \"from-key\"\napi_key_file = \"key\"");
        Assert.Equal("from-key", value);
        Assert.Equal("/etc/matrixd/matrixd.toml:7:16: gemini.api_key_file = \"key\": is not read, because api_key is given too; keep one of the two", Assert.Single(warnings).ToString());
    }

    [Fact]
    public void Every_secret_has_a_file_and_a_credential()
    {
        const string files = """
            [server]
            admin_token_file = "/s/admin"
            [exotel]
            account_sid = "sharma1"
            basic_password_file = "/s/basic"
            api_key_file = "/s/key"
            api_token_file = "/s/token"
            [gemini]
            api_key_file = "/s/gemini"
            [[agent]]
            name = "a"
            prompt = "p"
            """;
        _environment.With("/s/admin", "admin-0123456789\n").With("/s/basic", "basic-password\r\n").With("/s/key", "exo-key").With("/s/token", "\uFEFFexo-token\n\n").With("/s/gemini", "gem-key");
        AssertSecrets(_environment.Load(files).Config);

        var credentials = new ConfigTestEnvironment().Set("CREDENTIALS_DIRECTORY", "/run/c")
            .With("/run/c/admin-token", "admin-0123456789\n").With("/run/c/exotel-basic-password", "basic-password").With("/run/c/exotel-api-key", "exo-key").With("/run/c/exotel-api-token", "exo-token").With("/run/c/gemini-key", "gem-key");
        AssertSecrets(credentials.Load("[exotel]\naccount_sid = \"sharma1\"\n[[agent]]\nname = \"a\"\nprompt = \"p\"").Config);
    }

    [Theory]
    [InlineData("", "the file is empty")]
    [InlineData("\n", "the file is empty")]
    [InlineData("two\nlines", "what the file holds must be one line of letters, digits and signs, without blanks")]
    [InlineData("a b", "what the file holds must be one line")]
    [InlineData("ключ", "what the file holds must be one line")]
    public void A_secret_file_with_anything_else_is_refused(string content, string said)
    {
        _environment.With("/etc/matrixd/key", content);
        ConfigProblem problem = Assert.Single(_environment.Errors(ConfigSamples.Least.Replace(NoKey, "api_key_file = \"key\"", StringComparison.Ordinal)));
        Assert.StartsWith("/etc/matrixd/matrixd.toml:6:16: gemini.api_key_file = \"key\": " + said, problem.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_secret_file_that_cannot_be_read_is_the_only_error_about_the_secret()
    {
        _environment.With("/etc/matrixd/key", new ConfigFile { Failure = "may not be read by user matrixd" });
        ConfigProblem problem = Assert.Single(_environment.Errors(ConfigSamples.Least.Replace(NoKey, "api_key_file = \"key\"", StringComparison.Ordinal)));
        Assert.Equal("the file may not be read by user matrixd", problem.Message);
    }

    [Fact]
    public void A_huge_secret_file_is_refused()
    {
        _environment.With("/etc/matrixd/key", new string('k', 100_000));
        Assert.Equal("the file is larger than 16384 bytes", Assert.Single(_environment.Errors(ConfigSamples.Least.Replace(NoKey, "api_key_file = \"key\"", StringComparison.Ordinal))).Message);
    }

    [Fact]
    public void Without_a_Gemini_key_the_ways_to_give_one_are_listed()
    {
        ConfigProblem problem = Assert.Single(_environment.Errors(ConfigSamples.Least.Replace(NoKey, "", StringComparison.Ordinal)));
        Assert.Equal("/etc/matrixd/matrixd.toml:5:1: gemini.api_key_file: there is no Gemini API key; give one of: api_key_file, api_key, the variable MATRIXD_GEMINI_API_KEY, or the systemd credential gemini-key", problem.ToString());
    }

    [Fact]
    public void Without_anything_that_protects_the_Exotel_socket_it_does_not_start_unless_insecure()
    {
        string open = ConfigSamples.Least.Replace("basic_password = \"a-long-password\"", "", StringComparison.Ordinal);
        string error = Assert.Single(_environment.Errors(open)).ToString();
        Assert.Contains("basic_password_file", error, StringComparison.Ordinal);
        Assert.Contains("allow", error, StringComparison.Ordinal);
        Assert.Contains("insecure = true", error, StringComparison.Ordinal);

        LoadedConfig insecure = _environment.Load(open.Replace("[server]", "[server]\ninsecure = true", StringComparison.Ordinal));
        Assert.Equal(("", ""), (insecure.Config.Exotel.BasicUser, insecure.Config.Exotel.BasicPassword));
        Assert.Contains("talks at your cost", Assert.Single(insecure.Warnings).Message, StringComparison.Ordinal);

        Assert.Empty(_environment.Load(open.Replace("[exotel]", "[exotel]\nallow = [\"203.0.113.0/24\"]", StringComparison.Ordinal)).Warnings);
    }

    [Fact]
    public void Files_that_every_user_may_read_are_warned_of()
    {
        _environment.With("/etc/matrixd/key", "gem-key", openToOthers: true);
        ConfigProblem warning = Assert.Single(_environment.Load(ConfigSamples.Least.Replace(NoKey, "api_key_file = \"key\"", StringComparison.Ordinal)).Warnings);
        Assert.Equal(("every user of this machine may read the file", "chmod o= /etc/matrixd/key"), (warning.Message, warning.Hint));

        _environment.With(ConfigTestEnvironment.ConfigPath, ConfigSamples.Least, openToOthers: true);
        LoadedConfig loaded = ConfigReader.Read(ConfigTestEnvironment.ConfigPath, _environment);
        Assert.Equal(["exotel.basic_password", "gemini.api_key"], loaded.Warnings.Select(w => w.Key));
    }

    [Fact]
    public void Short_secrets_are_warned_of()
    {
        string toml = ConfigSamples.Least.Replace("a-long-password", "short", StringComparison.Ordinal).Replace("[server]", "[server]\nadmin_token = \"short\"", StringComparison.Ordinal);
        Assert.Equal(["server.admin_token", "exotel.basic_password"], _environment.Load(toml).Warnings.Select(w => w.Key));
    }

    [Theory]
    [InlineData("api_key = \"SECRET with blanks\"")]
    [InlineData("api_key = [\"SECRET\"]")]
    [InlineData("api_key = { SECRET = \"SECRET\" }")]
    [InlineData("api_keyy = \"SECRET\"")]
    [InlineData("api_key = SECRET")]
    [InlineData("api_key = \"SECRET")]
    [InlineData("api_key = \"SECRET\" SECRET")]
    [InlineData("proxy = \"http://SECRET:SECRET@x/y\"")]
    [InlineData("base_url = \"http://SECRET@x\"")]
    [InlineData("base_url = \"http://u:SECRET@SECRET@x\"")]
    public void No_error_shows_a_secret(string line)
    {
        ConfigException e = Assert.Throws<ConfigException>(() => _environment.Load(ConfigSamples.Least.Replace(NoKey, line, StringComparison.Ordinal)));
        Assert.DoesNotContain("SECRET", e.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void No_warning_and_no_value_shows_a_secret()
    {
        LoadedConfig loaded = _environment
            .With("/etc/matrixd/cert.pem", ConfigTestCertificate.Certificate).With("/etc/matrixd/key.pem", ConfigTestCertificate.Key).With("/etc/matrixd/ca.pem", ConfigTestCertificate.Certificate).With("/srv/sorry.wav", "RIFF\0\0\0\0WAVE")
            .Load(ConfigSamples.Full);
        string all = string.Join('\n', loaded.Values) + string.Join('\n', loaded.Warnings);
        foreach (string secret in (string[])["AIza-secret-key", "a-long-password", "exo-key", "exo-token", "0123456789abcdef", "tool-secret", "08040000000", "08040000001", "918040000002"])
        {
            Assert.Contains(secret, ConfigSamples.Full, StringComparison.Ordinal);
            Assert.DoesNotContain(secret, all, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void The_rooms_options_do_not_print_secrets()
    {
        DaemonConfig config = _environment.Load(ConfigSamples.With("[server]", "listen = [\"127.0.0.1:0\", \"[::1]:0\"]\nadmin_token = \"0123456789abcdef\"")).Config;
        Assert.Equal("http://127.0.0.1:0, http://[::1]:0", config.Server.ToString());
        Assert.Equal("/exotel, /voicebot, region in", config.Exotel.ToString());
    }

    private static void AssertSecrets(DaemonConfig config) => Assert.Equal(
        ("admin-0123456789", "exotel", "basic-password", "exo-key", "exo-token", "gem-key"),
        (config.Server.AdminToken, config.Exotel.BasicUser, config.Exotel.BasicPassword, config.Exotel.ApiKey, config.Exotel.ApiToken, config.Gemini.ApiKey));

    private (string ApiKeyValue, IReadOnlyList<ConfigProblem> Warnings) Key(string lines)
    {
        LoadedConfig loaded = _environment.Load(ConfigSamples.Least.Replace(NoKey, lines, StringComparison.Ordinal));
        return (loaded.Config.Gemini.ApiKey, loaded.Warnings);
    }
}
