using System.Runtime.Versioning;
using Matrixd.Config;
using Matrixd.Tests.Support;
using Xunit;

namespace Matrixd.Tests.Config;

/// <summary>Proxy variables, certificates, files, processors: what a configuration takes from around it.</summary>
public sealed class ConfigSurroundingsTests
{
    private const string Tls = "tls_certificate = \"cert.pem\"\ntls_key = \"key.pem\"";
    private readonly ConfigTestEnvironment _environment = new();

    [Theory]
    [InlineData("", "HTTPS_PROXY=http://10.0.0.5:3128", "http://10.0.0.5:3128")]
    [InlineData("", "https_proxy=http://10.0.0.5:3128/", "http://10.0.0.5:3128")]
    [InlineData("", "HTTPS_PROXY=http://10.0.0.5:3128 NO_PROXY=example.in,.googleapis.com", "")]
    [InlineData("", "HTTPS_PROXY=http://10.0.0.5:3128 no_proxy=*", "")]
    [InlineData("", "HTTPS_PROXY=http://10.0.0.5:3128 NO_PROXY=apis.com", "http://10.0.0.5:3128")]
    [InlineData("proxy = \"none\"", "HTTPS_PROXY=http://10.0.0.5:3128", "")]
    [InlineData("proxy = \"http://10.0.0.9:3128\"", "HTTPS_PROXY=http://10.0.0.5:3128", "http://10.0.0.9:3128")]
    [InlineData("base_url = \"http://127.0.0.1:9000\"", "HTTPS_PROXY=http://10.0.0.5:3128", "")]
    [InlineData("proxy = \"http://user:word@10.0.0.9:3128\"", "", "http://user:word@10.0.0.9:3128")]
    [InlineData("", "", "")]
    public void The_proxy_is_the_key_or_the_variable(string line, string variables, string expected)
    {
        foreach (string variable in variables.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            _environment.Set(variable[..variable.IndexOf('=', StringComparison.Ordinal)], variable[(variable.IndexOf('=', StringComparison.Ordinal) + 1)..]);
        }

        Assert.Equal(expected, _environment.Load(ConfigSamples.With("[gemini]", line)).Config.Gemini.Proxy);
    }

    [Fact]
    public void A_bad_proxy_variable_is_named_without_its_value()
    {
        _environment.Set("HTTPS_PROXY", "socks5://user:secret@10.0.0.5:3128");
        Assert.Equal(
            "/etc/matrixd/matrixd.toml:5:1: gemini.proxy: from $HTTPS_PROXY must be a URL that begins with http://host:port; set proxy here, or proxy = \"none\"",
            Assert.Single(_environment.Errors(ConfigSamples.Least)).ToString());
    }

    [Fact]
    public void A_certificate_and_its_key_load()
    {
        _environment.With("/etc/matrixd/cert.pem", ConfigTestCertificate.Certificate).With("/etc/matrixd/key.pem", ConfigTestCertificate.Key);
        Assert.Empty(_environment.Load(ConfigSamples.With("[server]", Tls)).Warnings);
    }

    [Fact]
    public void A_key_of_another_certificate_is_refused()
    {
        _environment.With("/etc/matrixd/cert.pem", ConfigTestCertificate.Certificate).With("/etc/matrixd/key.pem", ConfigTestCertificate.Make().Key);
        Assert.Equal("certificate and key cannot be used together", Assert.Single(_environment.Errors(ConfigSamples.With("[server]", Tls))).Message);
        _environment.With("/etc/matrixd/key.pem", "no PEM");
        Assert.Equal("certificate and key cannot be used together", Assert.Single(_environment.Errors(ConfigSamples.With("[server]", Tls))).Message);
    }

    [Theory]
    [InlineData(-15, "")]
    [InlineData(-13, "the certificate runs out on 2027-06-01")]
    [InlineData(1, "the certificate ran out on 2027-06-01")]
    public void A_certificate_that_ends_is_warned_of(int days, string said)
    {
        _environment.With("/etc/matrixd/cert.pem", ConfigTestCertificate.Certificate).With("/etc/matrixd/key.pem", ConfigTestCertificate.Key);
        _environment.Now = ConfigTestCertificate.NotAfter.AddDays(days);
        Assert.Equal(said, _environment.Load(ConfigSamples.With("[server]", Tls)).Warnings.SingleOrDefault()?.Message ?? "");
    }

    [Fact]
    public void A_key_file_that_every_user_may_read_is_warned_of()
    {
        _environment.With("/etc/matrixd/cert.pem", ConfigTestCertificate.Certificate, openToOthers: true).With("/etc/matrixd/key.pem", ConfigTestCertificate.Key, openToOthers: true);
        Assert.Equal("server.tls_key", Assert.Single(_environment.Load(ConfigSamples.With("[server]", Tls)).Warnings).Key);
    }

    [Theory]
    [InlineData("nothing", "the file holds no certificate")]
    [InlineData("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----", "the file holds a certificate that cannot be read")]
    public void A_file_of_roots_must_hold_certificates(string content, string said)
    {
        _environment.With("/etc/matrixd/ca.pem", content);
        Assert.Equal(said, Assert.Single(_environment.Errors(ConfigSamples.With("[gemini]", "ca_file = \"ca.pem\""))).Message);
    }

    [Fact]
    public void Plain_http_to_another_machine_is_warned_of()
    {
        Assert.Equal("gemini.base_url", Assert.Single(_environment.Load(ConfigSamples.With("[gemini]", "base_url = \"http://10.1.2.3\"")).Warnings).Key);
        Assert.Empty(_environment.Load(ConfigSamples.With("[gemini]", "base_url = \"http://localhost:9000\"")).Warnings);
    }

    [Fact]
    public void Agents_without_a_default_are_warned_of()
    {
        ConfigProblem warning = Assert.Single(_environment.Load(ConfigSamples.Least.Replace("default = true", "numbers = [\"08040000000\"]", StringComparison.Ordinal)).Warnings);
        Assert.Equal("/etc/matrixd/matrixd.toml:9:1: agent.default: no agent is the default: calls to numbers that no agent claims are refused; write default = true for one agent", warning.ToString());
    }

    [Fact]
    public void A_tool_that_nobody_uses_is_warned_of() =>
        Assert.Equal("no agent uses this tool", Assert.Single(_environment.Load(ConfigSamples.Least + "[[tool]]\nname = \"t\"\ndescription = \"d\"\nurl = \"https://x.example.in/\"").Warnings).Message);

    [Theory]
    [InlineData(0, 4, 0, 800)]
    [InlineData(0, 1, 0, 200)]
    [InlineData(25, 4, 25, 25)]
    public void Calls_are_capped_by_key_or_by_cores(int key, int cores, int server, int calls)
    {
        _environment.Processors = cores;
        DaemonConfig config = _environment.Load(ConfigSamples.With("[server]", $"max_calls = {key}")).Config;
        Assert.Equal((server, calls), (config.Server.MaxCalls, config.Calls.MaxCalls));
    }

    [Fact]
    [SupportedOSPlatform("linux")]
    public void The_real_environment_reads_files_up_to_the_bound_and_tells_why_not()
    {
        string directory = Directory.CreateTempSubdirectory("matrixd-config-").FullName;
        try
        {
            var system = new SystemConfigEnvironment();
            string path = Path.Combine(directory, "secret");
            File.WriteAllText(path, "abc");
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead);
            ConfigFile whole = system.Read(path, 3);
            Assert.Equal(("abc", false, false, ""), (System.Text.Encoding.ASCII.GetString(whole.Bytes), whole.Truncated, whole.OpenToOthers, whole.Failure));
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherRead);
            ConfigFile part = system.Read(path, 2);
            Assert.Equal(("ab", true, true), (System.Text.Encoding.ASCII.GetString(part.Bytes), part.Truncated, part.OpenToOthers));
            Assert.Equal("does not exist", system.Read(Path.Combine(directory, "none"), 1).Failure);
            Assert.Equal("does not exist", system.Read(Path.Combine(directory, "no", "ne"), 1).Failure);
            Assert.Equal("is a directory", system.Read(directory, 1).Failure);
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }
}
