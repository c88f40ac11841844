using System.Net;
using System.Net.Sockets;
using Matrixd.Calls;
using Matrixd.Gemini;
using Matrixd.Simulation;
using Matrixd.Tests.Support;
using Matrixd.Transport;
using Xunit;
using SimulatedConnection = Matrixd.Simulation.GeminiConnection;

namespace Matrixd.Tests.Gemini;

public sealed class GeminiLegTests
{
    private static readonly byte[] s_frame = new byte[640];

    [Fact]
    public async Task Setup_and_dial_meet_whichever_comes_first()
    {
        foreach (bool dialFirst in (bool[])[true, false])
        {
            await using GeminiLegRig rig = await GeminiLegRig.BuildAsync();
            if (dialFirst)
            {
                rig.Leg.Connect();
                await rig.Simulator.ConnectionAsync(0);
                Assert.False(rig.Leg.TakesAudio);
                rig.Leg.Begin(GeminiLegRig.Setup);
            }
            else
            {
                rig.Leg.Begin(GeminiLegRig.Setup);
                rig.Leg.Connect();
            }

            await rig.ToldAsync("ready gemini-3.1-flash-live-preview");
            Assert.True(rig.Leg.TakesAudio);
            SimulatedConnection connection = await rig.Simulator.ConnectionAsync(0);
            Assert.Equal(["setup"], connection.Ledger.Received.Select(received => received.Kind));
        }
    }

    [Fact]
    public async Task Caller_audio_is_held_while_a_blocking_tool_call_waits_for_its_answer()
    {
        await using GeminiLegRig rig = await GeminiLegRig.BuildAsync(new GeminiSimulatorOptions { Voice = GeminiVoice.Scripted, StrictTools = true });
        SimulatedConnection connection = await rig.ReadyAsync();
        connection.SendToolCall("1", new GeminiToolCall("lookup", "{}"));
        await rig.ToldAsync("tool 1");
        Assert.False(rig.Leg.TakesAudio); // what was sent now would close the session

        rig.Leg.SendToolResponse("1", "lookup", """{"output":1}""");
        Assert.True(rig.Leg.TakesAudio);
        rig.Leg.SendAudio(s_frame);
        rig.Leg.Flush();
        await connection.Ledger.WaitAsync(() => connection.Ledger.AudioMessages == 1, "the audio after the answer");
        Assert.Null(connection.Refused);
        Assert.Equal(["setup", "toolResponse"], connection.Ledger.Received.Select(received => received.Kind).Take(2));
    }

    // Up to some length it lies on the stack, beyond it in memory of the pool.
    [Fact]
    public async Task Caller_audio_of_any_length_arrives_whole()
    {
        await using GeminiLegRig rig = await GeminiLegRig.BuildAsync();
        SimulatedConnection connection = await rig.ReadyAsync();
        int[] lengths = [1, 320, .. Enumerable.Range(720, 30), 4800];
        short[] said = Signals.Noise(Uplink.ModelRate, lengths.Sum() / (double)Uplink.ModelRate, seed: 1);
        int from = 0;
        foreach (int length in lengths)
        {
            rig.Leg.SendAudio(Samples16.BytesOf(said.AsSpan(from, length)));
            from += length;
        }

        rig.Leg.Flush();
        await connection.Ledger.WaitAsync(() => connection.Ledger.AudioMessages == lengths.Length, "all of it");
        Assert.Equal(said[..from], connection.Ledger.CallerPcm);
    }

    // Text is realtime input too.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Text_waits_for_a_blocking_tool_call_to_be_answered_or_taken_back(bool takenBack)
    {
        await using GeminiLegRig rig = await GeminiLegRig.BuildAsync(new GeminiSimulatorOptions { Voice = GeminiVoice.Scripted, StrictTools = true });
        SimulatedConnection connection = await rig.ReadyAsync();
        connection.SendToolCall("1", new GeminiToolCall("lookup", "{}"));
        await rig.ToldAsync("tool 1");
        rig.Leg.SendText("Are you there?");
        rig.Leg.Flush();
        if (takenBack)
        {
            connection.SendToolCallCancellation("1");
            await rig.ToldAsync("cancel 1");
        }
        else
        {
            rig.Leg.SendToolResponse("1", "lookup", """{"output":1}""");
        }

        rig.Leg.Flush();

        Assert.Contains("Are you there?", (await connection.Ledger.ReceivedAsync("realtime_input.text")).Text, StringComparison.Ordinal);
        Assert.Null(connection.Refused);
        Assert.Equal(takenBack ? ["setup", "realtime_input.text"] : ["setup", "toolResponse", "realtime_input.text"], connection.Ledger.Received.Select(received => received.Kind));
    }

    [Fact]
    public async Task A_tools_answer_that_is_not_JSON_is_an_error_to_the_model_and_not_to_the_call()
    {
        await using GeminiLegRig rig = await GeminiLegRig.BuildAsync();
        SimulatedConnection connection = await rig.ReadyAsync();
        connection.SendToolCall("1", new GeminiToolCall("lookup", "{}"));
        await rig.ToldAsync("tool 1");
        rig.Leg.SendToolResponse("1", "lookup", "{\"output\":");
        rig.Leg.Flush();

        GeminiReceived answer = await connection.Ledger.ReceivedAsync("toolResponse");
        Assert.Contains("""{"error":"the tool's answer was not JSON"}""", answer.Text.Replace("\\u0027", "'", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.True(rig.Leg.TakesAudio);
    }

    // U22
    [Fact]
    public async Task A_leg_that_is_closed_while_it_dials_lets_go_at_once_and_says_nothing()
    {
        using Socket deaf = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        deaf.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        deaf.Listen(); // takes the connection and never answers
        await using GeminiLegRig rig = await GeminiLegRig.BuildAsync(baseUrl: new Uri($"http://127.0.0.1:{((IPEndPoint)deaf.LocalEndPoint!).Port}"));
        rig.Leg.Connect();
        rig.Leg.Begin(GeminiLegRig.Setup);
        using Socket accepted = await deaf.AcceptAsync().WaitAsync(TimeSpan.FromSeconds(20));
        rig.Leg.Close();
        rig.Leg.Close();

        await rig.ClosedAsync();
        Assert.Empty(rig.Told);
        Assert.DoesNotContain(rig.Loggers.Lines, line => line.Contains(" 127", StringComparison.Ordinal)); // ids of the leg
    }

    // U22
    [Fact]
    public async Task A_leg_can_be_closed_at_any_moment_of_its_beginning()
    {
        for (int seed = 0; seed < 60; seed++)
        {
            await using GeminiLegRig rig = await GeminiLegRig.BuildAsync();
            int spins = new Random(seed).Next(0, 60_000);
            rig.Leg.Connect();
            rig.Leg.Begin(GeminiLegRig.Setup);
            Thread.SpinWait(spins);
            rig.Leg.Close();
            await rig.ClosedAsync();

            Assert.DoesNotContain(rig.Told, told => told.StartsWith("closed", StringComparison.Ordinal));
            Assert.Equal(0, rig.Counters.OpenSockets);
            Assert.False(rig.Leg.TakesAudio);
            await Eventually.TrueAsync(() => rig.Simulator.Open == 0, $"seed {seed}: the service has no open socket");
        }
    }

    [Fact]
    public async Task A_leg_that_was_never_connected_closes_too()
    {
        await using GeminiLegRig rig = await GeminiLegRig.BuildAsync();
        rig.Leg.Close();
        await rig.ClosedAsync();
        rig.Leg.Connect();
        rig.Leg.Begin(GeminiLegRig.Setup);
        Assert.Empty(rig.Simulator.Connections);
    }

    [Fact]
    public async Task An_end_that_we_asked_for_is_told_to_nobody()
    {
        await using GeminiLegRig rig = await GeminiLegRig.BuildAsync();
        await rig.ReadyAsync();
        rig.Leg.Close();
        await rig.ClosedAsync();

        Assert.DoesNotContain(rig.Told, told => told.StartsWith("closed", StringComparison.Ordinal));
        Assert.DoesNotContain(rig.Loggers.Lines, line => line.StartsWith("Warning", StringComparison.Ordinal) || line.StartsWith("Error", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_end_for_good_is_told_once()
    {
        await using GeminiLegRig rig = await GeminiLegRig.BuildAsync();
        SimulatedConnection connection = await rig.ReadyAsync();
        connection.Close(1008, "models/x is not found for API version v1alpha");
        await rig.ToldAsync("closed model_refused");
        await rig.ClosedAsync();
        Assert.Single(rig.Told, told => told.StartsWith("closed", StringComparison.Ordinal));
        Assert.Single(rig.Simulator.Connections);
    }

    [Fact]
    public async Task A_lost_connection_is_come_back_from_with_the_latest_handle()
    {
        await using GeminiLegRig rig = await GeminiLegRig.BuildAsync();
        SimulatedConnection first = await rig.ReadyAsync();
        await Eventually.TrueAsync(() => rig.Handle.Length > 0, "a handle");
        first.Drop();
        await rig.ToldAsync("back resumed");
        SimulatedConnection second = rig.Simulator.Connections.First(connection => connection.Index > 0 && connection.Ready);
        Assert.Same(first.Session, second.Session);
        Assert.Equal("session-1.1", second.Setup!.Handle);
        Assert.Contains(rig.Told, told => told.StartsWith("gone Loss", StringComparison.Ordinal));
        await Eventually.TrueAsync(() => rig.Leg.TakesAudio, "audio is taken again");
    }

    [Theory]
    [InlineData("Rotate", "resumed")]
    [InlineData("Resume", "resumed")]
    [InlineData("Fresh", "fresh")]
    public async Task A_leg_that_is_asked_to_comes_back_on_another_connection_and_what_it_was_told_meanwhile_is_said_there(string kind, string how)
    {
        await using GeminiLegRig rig = await GeminiLegRig.BuildAsync();
        SimulatedConnection first = await rig.ReadyAsync();
        await Eventually.TrueAsync(() => rig.Handle.Length > 0, "a handle");
        first.SendToolCall("1", new GeminiToolCall("lookup", "{}"));
        await rig.ToldAsync("tool 1");

        rig.Leg.Reconnect(Enum.Parse<ReconnectKind>(kind), "because");
        Assert.False(rig.Leg.TakesAudio);
        rig.Leg.SendToolResponse("1", "lookup", """{"output":"in stock"}""");
        await rig.ToldAsync($"back {how}");

        SimulatedConnection second = rig.Simulator.Connections.First(connection => connection.Index > 0 && connection.Ready);
        GeminiReceived text = await second.Ledger.ReceivedAsync("realtime_input.text");
        Assert.Contains("in stock", text.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(second.Ledger.Received, received => received.Kind == "toolResponse");
        Assert.Equal(how == "fresh", second.Setup!.Handle is null);
        await first.Closed.WaitAsync(TimeSpan.FromSeconds(10)); // it was, before the second was asked for: its task may be told of it a moment later
        Assert.Contains($"gone {(kind == "Rotate" ? "Rotation" : "Asked")} because", rig.Told);
    }

    // U4: what a socket that takes nothing for 5 s comes to.
    [Fact]
    public async Task A_connection_that_was_cut_because_it_took_nothing_is_resumed_like_one_that_was_lost()
    {
        LinkDialer dialer = new();
        await using GeminiLegRig rig = await GeminiLegRig.BuildAsync(dialer: dialer);
        rig.Leg.Connect();
        rig.Leg.Begin(GeminiLegRig.Setup);
        FakeLink first = await dialer.LinkAsync(0);
        first.Deliver("""{"setupComplete":{}}""");
        first.Deliver("""{"sessionResumptionUpdate":{"newHandle":"h-1","resumable":true}}""");
        Assert.True(rig.Leg.TakesAudio);
        first.End(new WebSocketClose(WebSocketCloseCause.Aborted, 1006, "", new TimeoutException("127.0.0.1 has taken nothing for 5 s")));

        FakeLink second = await dialer.LinkAsync(1);
        Assert.Contains("\"handle\":\"h-1\"", second.Sent[0], StringComparison.Ordinal);
        Assert.False(rig.Leg.TakesAudio);
        second.Deliver("""{"setupComplete":{}}""");
        Assert.True(rig.Leg.TakesAudio);
        Assert.Contains("back resumed 1", rig.Told);
        rig.Leg.Close();
        second.End();
    }

    // A dial comes to a link in the test's hand, once its setup has been sent.
    private sealed class LinkDialer : IGeminiDialer
    {
        private readonly Lock _gate = new();
        private readonly List<FakeLink> _links = [];

        public Task<WebSocketLink> DialAsync(CallSid callSid, WebSocketDialTarget target, WebSocketLimits limits, CancellationToken closing)
        {
            FakeLink link = new();
            lock (_gate)
            {
                _links.Add(link);
            }

            return Task.FromResult<WebSocketLink>(link);
        }

        public async Task<FakeLink> LinkAsync(int index)
        {
            FakeLink? link = null;
            await Eventually.TrueAsync(
                () =>
                {
                    lock (_gate)
                    {
                        link = _links.ElementAtOrDefault(index);
                    }

                    return link is { SentCount: > 0, IsRunning: true };
                },
                $"link {index} has the setup");
            return link!;
        }
    }
}
