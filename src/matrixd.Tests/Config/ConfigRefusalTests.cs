using Matrixd.Config;
using Matrixd.Tests.Support;
using Xunit;

namespace Matrixd.Tests.Config;

/// <summary>One wrong thing in an otherwise good file, and what is said of it.</summary>
public sealed class ConfigRefusalTests
{
    private const string SecondAgent = "[[agent]]\nname = \"sales\"\nprompt = \"Sell.\"\n";
    private const string Tool = "[[tool]]\nname = \"lookup\"\ndescription = \"d\"\nurl = \"https://x.example.in/\"\n";
    private readonly ConfigTestEnvironment _environment = new();

    [Theory]
    [InlineData("[server]", "listen = []", "server.listen = []: must name at least one address")]
    [InlineData("[server]", "listen = \"127.0.0.1:1\"", "server.listen = \"127.0.0.1:1\": must be a list; put it in brackets: [\"…\"]")]
    [InlineData("[server]", "listen = [8080]", "server.listen = 8080: must be text in quotes")]
    [InlineData("[server]", "listen = [\":8080\"]", "server.listen = \":8080\": must name an IP address of this machine, or localhost; write \"0.0.0.0:8080\" for all addresses")]
    [InlineData("[server]", "listen = [\"example.in:8080\"]", "must name an IP address of this machine, or localhost")]
    [InlineData("[server]", "listen = [\"::1:8080\"]", "must be host:port")]
    [InlineData("[server]", "listen = [\"127.0.0.1:80\", \"http://127.0.0.1:80\"]", "server.listen = \"http://127.0.0.1:80\": names the same address twice")]
    [InlineData("[server]", "listen = [\"https://0.0.0.0:443\"]", "server.listen = \"https://0.0.0.0:443\": speaks TLS, but there is no certificate; set tls_certificate and tls_key")]
    [InlineData("[server]", "public_url = \"voice.example.in\"", "must be a URL that begins with wss:// or https://; such as \"wss://voice.example.in\"")]
    [InlineData("[server]", "public_url = \"ftp://voice.example.in\"", "must be a URL that begins with wss:// or https://")]
    [InlineData("[server]", "public_url = \"wss://voice.example.in/exotel\"", "must have no path; the path is stream_path in [exotel]")]
    [InlineData("[server]", "public_url = \"wss://u:secret@voice.example.in\"", "server.public_url = \"wss://***@voice.example.in\": must hold no user and password")]
    [InlineData("[server]", "tls_key = \"k.pem\"", "server.tls_key = \"k.pem\": has no certificate; set tls_certificate too")]
    [InlineData("[server]", "tls_certificate = \"c.pem\"", "server.tls_certificate = \"c.pem\": has no key; set tls_key too")]
    [InlineData("[server]", "tls_certificate = \"c.pem\"", "server.tls_certificate = \"c.pem\": the file does not exist")]
    [InlineData("[server]", "trusted_proxies = [\"10.0.0.0/33\"]", "must end with a prefix length from /0 to /32")]
    [InlineData("[server]", "trusted_proxies = [\"proxy\"]", "must be an IP address or a network; such as \"203.0.113.0/24\"")]
    [InlineData("[server]", "insecure = \"yes\"", "server.insecure = \"yes\": must be true or false; without quotes")]
    [InlineData("[server]", "max_calls = 1.5", "server.max_calls = 1.5: must be a whole number")]
    [InlineData("[server]", "max_calls = \"10\"", "server.max_calls = \"10\": must be a whole number; without quotes")]
    [InlineData("[server]", "max_calls = 99999999999", "server.max_calls = 99999999999: must be 0 to 100000")]
    [InlineData("[server]", "drain_timeout = 90", "server.drain_timeout = 90: must be a duration in quotes; write \"90s\" for seconds or \"90ms\" for milliseconds")]
    [InlineData("[server]", "drain_timeout = \"1.5m\"", "must be a duration in quotes; whole numbers with h, m, s or ms, such as \"8s\" or \"1m30s\"")]
    [InlineData("[server]", "drain_timeout = \"25h\"", "server.drain_timeout = \"25h\": must be 0s to 24h")]
    [InlineData("[server]", "drain_timeuot = \"1m\"", "server.drain_timeuot: is no key that matrixd knows; did you mean drain_timeout?")]
    [InlineData("[server]", "call_max = \"1m\"", "server.call_max: is no key that matrixd knows; call_max belongs under [limits]")]
    [InlineData("[server]", "zzz = 1", "server.zzz: is no key that matrixd knows; matrixd.toml.example lists the keys of [server]")]
    [InlineData("[server]", "admin_token_file = \"none\"", "server.admin_token_file = \"none\": the file does not exist")]
    [InlineData("[store]", "path = \"\"", "store.path = \"\": must not be empty")]
    [InlineData("[exotel]", "stream_path = \"exotel\"", "exotel.stream_path = \"exotel\": must begin with /; such as \"/exotel\"")]
    [InlineData("[exotel]", "stream_path = \"/exotel/\"", "without / at its end")]
    [InlineData("[exotel]", "stream_path = \"/a?b=c\"", "must be /words of letters")]
    [InlineData("[exotel]", "stream_path = \"/voicebot\"", "exotel.dynamic_path: must differ from stream_path and not stand below it; stream_path is \"/voicebot\"")]
    [InlineData("[exotel]", "dynamic_path = \"/exotel/url\"", "exotel.dynamic_path = \"/exotel/url\": must differ from stream_path and not stand below it")]
    [InlineData("[exotel]", "stream_path = \"/api/x\"", "exotel.stream_path = \"/api/x\": is taken: matrixd answers /api itself; choose another path")]
    [InlineData("[exotel]", "dynamic_path = \"/voice\"", "is taken: matrixd answers /voice itself")]
    [InlineData("[exotel]", "basic_user = \"a:b\"", "must be letters, digits and ._~-, at most 64")]
    [InlineData("[exotel]", "allow = [\"203.0.113.9/24\"]", "is an address inside a network; write \"203.0.113.0/24\" for the network or \"203.0.113.9\" for the one address")]
    [InlineData("[exotel]", "region = \"us\"", "exotel.region = \"us\": must be \"in\" or \"sg\"")]
    [InlineData("[exotel]", "base_url = \"api.exotel.com\"", "must be a URL that begins with http:// or https://")]
    [InlineData("[exotel]", "caller_id = \"080-40000000\"", "exotel.caller_id = \"…0000\": must be 3 to 15 digits, with or without + in front")]
    [InlineData("[exotel]", "api_key = \"k\"", "exotel.api_token: is missing: API key and API token go together; set api_token_file")]
    [InlineData("[exotel]", "api_token = \"t\"", "exotel.api_key: is missing: API key and API token go together; set api_key_file")]
    [InlineData("[exotel]", "api_key = \"k\"\napi_token = \"t\"", "exotel.account_sid: is missing: Exotel's API needs it")]
    [InlineData("[exotel]", "outbound_lead = \"6s\"", "must be 20ms to 5s")]
    [InlineData("[gemini]", "base_url = \"ws://x\"", "must be a URL that begins with http:// or https://")]
    [InlineData("[gemini]", "base_url = \"https://x/?key=secret\"", "must hold no ?query")]
    [InlineData("[gemini]", "ca_file = \"none.pem\"", "gemini.ca_file = \"none.pem\": the file does not exist")]
    [InlineData("[gemini]", "api_version = \"1\"", "must be a version such as \"v1alpha\" or \"v1beta\"")]
    [InlineData("[gemini]", "model = \"\"", "gemini.model = \"\": must be a model's name")]
    [InlineData("[gemini]", "uplink_frame = \"30ms\"", "gemini.uplink_frame = \"30ms\": must be 20ms, 40ms, 60ms, 80ms or 100ms")]
    [InlineData("[gemini]", "proxy = \"10.0.0.5:3128\"", "must be a URL that begins with http://host:port")]
    [InlineData("[gemini]", "proxy = \"http://10.0.0.5:3128/x\"", "must be http://host:port and nothing behind it")]
    [InlineData("[gemini]", "proxy = \"http://user:secret@10.0.0.5:3128/x\"", "gemini.proxy = \"http://***@10.0.0.5:3128/x\": must be http://host:port and nothing behind it")]
    [InlineData("[gemini]", "shared_token_uses = 0", "must be 1 to 1000000")]
    [InlineData("[limits]", "media_idle = \"0s\"", "limits.media_idle = \"0s\": must be 100ms to 10m")]
    [InlineData("[recording]", "enabled = 1", "recording.enabled = 1: must be true or false")]
    [InlineData("[recording]", "directory = \" \"", "must not be empty")]
    [InlineData("[[agent]]", "voice = \"K!\"", "must be a voice's name")]
    [InlineData("[[agent]]", "language = \"Hindi please\"", "must be a language code, such as \"en-IN\" or \"hi-IN\"")]
    [InlineData("[[agent]]", "numbers = [\"12\"]", "agent.numbers = \"…\": must be 3 to 15 digits")]
    [InlineData("[[agent]]", "numbers = [\"08040000000\", \"+918040000000\"]", "agent.numbers = \"…0000\": is named twice; a number has one agent")]
    [InlineData("[[agent]]", "tools = [\"lookup\"]", "agent.tools = \"lookup\": there is no such tool; add a [[tool]] section with this name")]
    [InlineData("[[agent]]", "apology = \"none.wav\"", "agent.apology = \"none.wav\": the file does not exist")]
    [InlineData("[[agent]]", "apology = \"matrixd.toml\"", "agent.apology = \"matrixd.toml\": the file is no WAV")]
    public void A_wrong_value_is_told_with_key_and_value(string header, string lines, string said) => AssertSaid(ConfigSamples.With(header, lines), said);

    [Theory]
    [InlineData(SecondAgent + "default = true", "agent.default = true: there can be one default agent, and \"reception\" is it")]
    [InlineData(SecondAgent + SecondAgent, "agent.name = \"sales\": names two agents")]
    [InlineData(SecondAgent + "numbers = [\"08040000000\"]\n[[agent]]\nname = \"c\"\nprompt = \"p\"\nnumbers = [\"918040000000\"]", "agent.numbers = \"…0000\": is claimed by agent \"sales\" already; a number has one agent")]
    [InlineData(SecondAgent + "tools = [\"lokup\"]\n" + Tool, "agent.tools = \"lokup\": there is no such tool; did you mean \"lookup\"?")]
    [InlineData(SecondAgent + "tools = [\"lookup\", \"lookup\"]\n" + Tool, "agent.tools = \"lookup\": is named twice")]
    [InlineData("[[agent]]\nname = \"x\"", "matrixd.toml:13:1: agent.prompt: is missing; every [[agent]] needs one")]
    [InlineData("[[agent]]\nprompt = \"x\"", "agent.name: is missing; every [[agent]] needs one")]
    [InlineData("[[agent]]\nname = \"a b\"\nprompt = \"x\"", "agent.name = \"a b\": must be letters, digits, _, - and ., at most 64")]
    [InlineData("[[agent]]\nname = \"x\"\nprompt = \"  \"", "agent.prompt = \"  \": must not be empty")]
    [InlineData(Tool + Tool, "tool.name = \"lookup\": names two tools")]
    [InlineData("[[tool]]\nname = \"9x\"\n", "tool.name = \"9x\": must be letters, digits and _, not beginning with a digit, at most 64")]
    [InlineData("[[tool]]\nname = \"x\"\nurl = \"https://x/\"", "tool.description: is missing; every [[tool]] needs one")]
    [InlineData("[[tool]]\nname = \"x\"\ndescription = \"d\"", "tool.url: is missing; every [[tool]] needs one")]
    [InlineData("[[tool]]\nname = \"x\"\ncommand = \"npx x\"", "tool.command = \"npx x\": MCP tools are not available in this version; use url")]
    [InlineData(Tool + "method = \"get\"", "tool.method = \"get\": must be \"GET\", \"POST\", \"PUT\", \"PATCH\" or \"DELETE\"; did you mean \"GET\"?")]
    [InlineData(Tool + "timeout = \"3m\"", "tool.timeout = \"3m\": must be 100ms to 2m")]
    [InlineData(Tool + "max_response_bytes = 10", "tool.max_response_bytes = 10: must be 256 to 1048576")]
    [InlineData(Tool + "parameters = '{'", "is not JSON (its line 1, character 2)")]
    [InlineData(Tool + "parameters = '[]'", "tool.parameters = \"[]\": must be a JSON object with \"type\":\"object\"")]
    [InlineData(Tool + "parameters = '{\"type\":\"string\"}'", "must be a JSON object with \"type\":\"object\"")]
    [InlineData(Tool + "parameters = '{\"type\":\"object\",\"properties\":[]}'", "must give \"properties\" as an object of schemas")]
    [InlineData(Tool + "parameters = '{\"type\":\"object\",\"required\":\"a\"}'", "must give \"required\" as an array of names")]
    [InlineData(Tool + "parameters = '{\"type\":\"object\",\"properties\":{\"b\":{}},\"required\":[\"a\"]}'", "requires \"a\", which is not among its properties")]
    [InlineData(Tool + "headers = [\"X: secret\"]", "tool.headers = [\"***\"]: must be a table; such as { \"X-Api-Key\" = \"…\" }")]
    [InlineData(Tool + "headers = { \"X Y\" = \"secret\" }", "tool.headers = { \"X Y\" = \"***\" }: \"X Y\" is no name of a header")]
    [InlineData(Tool + "headers = { X = 1 }", "has no text as the value of X; put it in quotes")]
    [InlineData(Tool + "headers = { X = \"a\\r\\nB: secret\" }", "the value of X must be one line of ASCII")]
    [InlineData(Tool + "headers = { content-length = \"5\" }", "content-length is set by matrixd itself; remove it")]
    [InlineData(Tool + "headers = { x-matrixd-call = \"5\" }", "x-matrixd-call is set by matrixd itself; remove it")]
    [InlineData("[agents]\nname = 1", "agents: is no section that matrixd knows; did you mean [[agent]]?")]
    [InlineData("[[tool.x]]", "tool: must be a section that can repeat; write [[tool]], with two brackets")]
    public void A_wrong_section_is_told_with_its_place(string more, string said) => AssertSaid(ConfigSamples.Least + more, said);

    [Theory]
    [InlineData("max_calls = 3\n", "max_calls: stands in no section; max_calls belongs under [server]")]
    [InlineData("agent = 3\n", "agent: must be a section that can repeat")]
    [InlineData("[[server]]\n", "server: must be one section; write [server], once")]
    [InlineData("agent = [1]\n", "agent: must be a section that can repeat")]
    public void What_stands_in_the_wrong_shape_is_told(string text, string said) => AssertSaid(text, said);

    [Fact]
    public void A_token_that_Google_would_not_make_is_told()
    {
        string toml = ConfigSamples.With("[gemini]", "shared_token_refresh = \"17h\"");
        _environment.Load(toml.Replace("[limits]", "[limits]\ncall_max = \"2h29m\"", StringComparison.Ordinal));
        AssertSaid(
            toml.Replace("[limits]", "[limits]\ncall_max = \"2h30m\"", StringComparison.Ordinal),
            "gemini.shared_token_refresh = \"17h\": with call_max = \"2h30m\" a token would have to live 20h; Google allows less than 20h; shorten one of the two");
    }

    [Fact]
    public void An_address_too_long_for_Exotel_is_told()
    {
        string toml = ConfigSamples.With("[server]", $"public_url = \"wss://{new string('v', 70)}.example.in\"").Replace("[exotel]\n", "[exotel]\nstream_path = \"/a-long-path-of-28-characters\"\n", StringComparison.Ordinal);
        AssertSaid(toml, "exotel.stream_path = \"/a-long-path-of-28-characters\": makes addresses of 139 characters together with public_url; Exotel takes 130; make it or public_url shorter by 9");
    }

    private void AssertSaid(string toml, string said) =>
        Assert.Contains(_environment.Errors(toml).Select(e => e.ToString()), text => text.Contains(said, StringComparison.Ordinal));
}
