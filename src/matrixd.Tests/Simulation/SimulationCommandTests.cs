using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Matrixd.Audio;
using Matrixd.Simulation;
using Matrixd.Tests.Support;
using Matrixd.Timing;
using Xunit;

namespace Matrixd.Tests.Simulation;

/// <summary>The commands as a shell sees them.</summary>
public sealed class SimulationCommandTests
{
    [Theory]
    [InlineData("gemini", "--listen", "nowhere", "--listen takes HOST:PORT")]
    [InlineData("gemini", "--accept", "all", "--accept takes sdk, not \"all\"")]
    [InlineData("gemini", "--voice", "/no/such.wav", "--voice /no/such.wav:")]
    [InlineData("gemini", "--fault", "drop@lunch", "bad fault \"drop@lunch\": no stage \"lunch\"")]
    [InlineData("gemini", "--tool-call", "f:[1]", "--tool-call takes NAME:JSON")]
    [InlineData("gemini", "--ca-out", "x.pem", "--ca-out needs --tls")]
    [InlineData("gemini", "--what", "1", "unknown flag --what")]
    [InlineData("echo", "--max-message", "0", "--max-message takes a whole number from 1")]
    [InlineData("echo", "listen", "1", "unexpected argument \"listen\"")]
    [InlineData("call", "--count", "1", "--url is needed")]
    [InlineData("call", "--url", "http://x", "--url takes ws:// or wss://")]
    [InlineData("call", "--frame-ms", "30", "--frame-ms takes 20 or 100, not 30")]
    [InlineData("call", "--rate=11025", "--json", "--rate takes 8000 or 16000 or 24000, not 11025")]
    [InlineData("call", "--json=yes", "--json", "--json takes no value")]
    [InlineData("call", "--json", "--basic", "--basic needs a value")]
    public async Task A_bad_command_line_is_a_usage_error(string command, string first, string second, string message)
    {
        StringWriter stderr = new();
        string[] args = [first, second];
        int code = await (command switch
        {
            "gemini" => SimulateGeminiCommand.RunAsync(args, TextWriter.Null, stderr, CancellationToken.None),
            "echo" => SimulateEchoCommand.RunAsync(args, TextWriter.Null, stderr, CancellationToken.None),
            _ => CallCommand.RunAsync(args, TextWriter.Null, stderr, CancellationToken.None),
        }).WaitAsync(Watcher.DefaultLimit);
        Assert.Equal(2, code);
        Assert.StartsWith(message, stderr.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Simulate_gemini_says_when_it_is_ready_and_speaks_tls_that_its_authority_vouches_for()
    {
        string file = Path.GetTempFileName();
        using CancellationTokenSource stopping = new();
        LineWriter stdout = new();
        Task<int> run = SimulateGeminiCommand.RunAsync(["--listen", "127.0.0.1:0", "--tls", "--ca-out", file, "--quiet"], stdout, TextWriter.Null, stopping.Token);
        string ready = await stdout.Line.WaitAsync(Watcher.DefaultLimit);
        Assert.StartsWith("ready https://127.0.0.1:", ready, StringComparison.Ordinal);
        using X509Certificate2 authority = X509Certificate2.CreateFromPem(await File.ReadAllTextAsync(file));
        Uri address = new(ready[6..].Replace("https", "wss", StringComparison.Ordinal) + "/ws/google.ai.generativelanguage.v1alpha.GenerativeService.BidiGenerateContent?key=k");
        using (SimulationGeminiClient client = await SimulationGeminiClient.ConnectAsync(address, o => o.RemoteCertificateValidationCallback = (_, leaf, _, _) => Vouched(authority, (X509Certificate2)leaf!)))
        {
            await client.SendAsync(SimulationGeminiClient.Setup);
            await client.ReceiveAsync("setupComplete");
        }

        using HttpClient h2 = new(new SocketsHttpHandler { SslOptions = { RemoteCertificateValidationCallback = (_, leaf, _, _) => Vouched(authority, (X509Certificate2)leaf!) } }) { DefaultRequestVersion = HttpVersion.Version20, DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact };
        HttpResponseMessage refused = await h2.GetAsync(new UriBuilder(address) { Scheme = "https" }.Uri);
        Assert.Equal((HttpVersion.Version20, HttpStatusCode.UpgradeRequired), (refused.Version, refused.StatusCode)); // who takes h2 gets no WebSocket

        await stopping.CancelAsync();
        Assert.Equal(0, await run.WaitAsync(Watcher.DefaultLimit));
        File.Delete(file);
    }

    [Fact]
    public async Task Simulate_echo_echoes_and_keeps_its_cap()
    {
        using CancellationTokenSource stopping = new();
        LineWriter stdout = new();
        Task<int> run = SimulateEchoCommand.RunAsync(["--listen=127.0.0.1:0", "--max-message", "1000"], stdout, TextWriter.Null, stopping.Token);
        Uri url = new((await stdout.Line.WaitAsync(Watcher.DefaultLimit))[6..]);
        using SimulationGeminiClient client = await SimulationGeminiClient.ConnectAsync(url);
        await client.SendAsync("hello");
        Assert.Equal((System.Net.WebSockets.WebSocketMessageType.Text, "hello"), await client.NextAsync());
        await client.SendAsync(new string('x', 1001));
        Assert.Equal(1009, (await client.CloseAsync()).Code);
        await stopping.CancelAsync();
        Assert.Equal(0, await run.WaitAsync(Watcher.DefaultLimit));
    }

    [Fact]
    public async Task A_port_that_is_taken_is_told()
    {
        await using EchoSimulator first = await EchoSimulator.StartAsync(new IPEndPoint(IPAddress.Loopback, 0), 1000);
        StringWriter stderr = new();
        int code = await SimulateEchoCommand.RunAsync(["--listen", new Uri(first.Url).Authority], TextWriter.Null, stderr, CancellationToken.None).WaitAsync(Watcher.DefaultLimit);
        Assert.Equal(1, code);
        Assert.Contains("address already in use", stderr.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Call_plays_several_callers_and_tells_what_they_heard()
    {
        using SimulationTime time = new();
        await using SimulationExotelServer server = await SimulationExotelServer.StartAsync(time.Wheel);
        string folder = Directory.CreateTempSubdirectory().FullName;
        string said = Path.Combine(folder, "said.wav");
        WavFile.Write(said, 16000, 1, [.. Enumerable.Repeat((short)1000, 1600)]);
        StringWriter stdout = new();
        Task<int> run = CallCommand.RunAsync(
            ["--url", server.Url.ToString(), "--wav", said, "--linger", "0.1", "--count", "2", "--ramp", "100", "--out", Path.Combine(folder, "heard.wav"), "--stereo", Path.Combine(folder, "both.wav"), "--call-sid", "c", "--json"],
            stdout, TextWriter.Null, CancellationToken.None);
        Assert.Equal(0, await run.WaitAsync(Watcher.DefaultLimit));
        using JsonDocument json = JsonDocument.Parse(stdout.ToString());
        Assert.Equal((2, 2), (json.RootElement.GetProperty("count").GetInt32(), json.RootElement.GetProperty("good").GetInt32()));
        JsonElement call = json.RootElement.GetProperty("calls")[1];
        Assert.Equal(("c-2", 10, 0), (call.GetProperty("call_sid").GetString(), call.GetProperty("frames_sent").GetInt32(), call.GetProperty("violations").GetInt32()));
        Assert.Equal(JsonValueKind.Null, call.GetProperty("first_audio_ms").ValueKind);
        WavAudio both = WavFile.Read(Path.Combine(folder, "both-1.wav"));
        Assert.Equal((2, 8000), (both.Channels, both.SampleRate));
        Assert.InRange(both.Samples[2 * 400], (short)950, (short)1050);
        Assert.Equal(0, both.Samples[(2 * 400) + 1]);
        Assert.True(File.Exists(Path.Combine(folder, "heard-2.wav")));
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task Call_fails_where_nobody_answers()
    {
        StringWriter stdout = new();
        Assert.Equal(1, await CallCommand.RunAsync(["--url", "ws://127.0.0.1:1/exotel"], stdout, TextWriter.Null, CancellationToken.None).WaitAsync(Watcher.DefaultLimit));
        Assert.Contains("127.0.0.1", stdout.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void The_built_in_caller_speaks_and_is_small()
    {
        using Stream wav = typeof(CallerSpeech).Assembly.GetManifestResourceStream("caller.wav")!;
        Assert.InRange(wav.Length, 10_000, 100_000);
        short[] pcm = CallerSpeech.BuiltIn(8000);
        Assert.InRange(pcm.Max(s => Math.Abs((int)s)), 8000, 32767);
    }

    [Fact]
    public async Task A_caller_speaks_with_or_without_a_synthesizer()
    {
        short[] pcm = await CallerSpeech.CreateAsync(16000, "one two three");
        Assert.InRange(pcm.Length, 8000, 16000 * 20);
        Assert.Contains(pcm, s => Math.Abs((int)s) > 2000);
    }

    private static bool Vouched(X509Certificate2 authority, X509Certificate2 leaf)
    {
        using X509Chain chain = new();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.Add(authority);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        return chain.Build(leaf) && leaf.MatchesHostname("127.0.0.1") && leaf.MatchesHostname("localhost");
    }

    /// <summary>Hands over the first line that is written.</summary>
    private sealed class LineWriter : StringWriter
    {
        private readonly TaskCompletionSource<string> _line = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task<string> Line => _line.Task;

        public override Task WriteLineAsync(string? value)
        {
            _line.TrySetResult(value ?? "");
            return Task.CompletedTask;
        }
    }
}
