using System.Buffers;
using System.Text.Json;
using Matrixd.Calls;
using Matrixd.Models;
using Matrixd.Timing;
using Matrixd.Transport;

namespace Matrixd.Gemini;

/// <summary>Tries one session to its <c>setupComplete</c> and one frame of audio, then closes it: what a call would meet. For diagnosis.</summary>
/// <param name="refusalTime">How long to wait for a close after the frame.</param>
internal sealed class LiveProbe(GeminiOptions options, TimerWheel wheel, TimeSpan refusalTime)
{
    /// <summary>What a caller would wait for at most.</summary>
    public static readonly TimeSpan ReadyTimeout = TimeSpan.FromSeconds(8);

    /// <summary>A wrong form of audio is refused at its first frame, within a round trip.</summary>
    public static readonly TimeSpan RefusalTime = TimeSpan.FromSeconds(1);

    private static readonly WebSocketLimits s_limits = new() { MaxMessageBytes = 1024 * 1024, CloseTimeout = TimeSpan.FromSeconds(1) };

    /// <summary>Opens, speaks and closes. Never throws but for cancellation.</summary>
    /// <param name="clockSkew">How far the service's clock is ahead of ours.</param>
    public async Task<LiveProbeResult> RunAsync(StoredToken token, ModelSetup setup, TimeSpan clockSkew, CancellationToken cancelled)
    {
        TimeProvider clock = wheel.Clock;
        long started = clock.GetTimestamp();
        string model = SetupWriter.ModelName(setup, options);
        DateTimeOffset now = clock.GetUtcNow() + clockSkew;
        CloseEvidence evidence = new()
        {
            HadToken = true, PlainMethod = false, ModelKnown = ModelQuirks.For(model).IsKnown, Resumed = false, ToolPending = false,
            WindowLeft = token.NewSessionUntil - now, LifeLeft = token.ExpiresAt - now,
        };
        WebSocketLink link;
        try
        {
            link = await WebSocketDialer.DialAsync(GeminiEndpoint.TargetOf(options, token), s_limits, wheel, cancelled);
        }
        catch (DialException e)
        {
            return new LiveProbeResult(GeminiFailure.OfDial(e, options.ApiKey, evidence).Cause, null, clock.GetElapsedTime(started));
        }

        Sink sink = new();
        Task running = link.RunAsync(sink);
        using CancellationTokenRegistration cut = cancelled.Register(link.Abort);
        try
        {
            return await SpeakAsync(link, sink, setup, evidence, started, running);
        }
        finally
        {
            link.Close(1000, "");
            await running;
        }
    }

    private async Task<LiveProbeResult> SpeakAsync(WebSocketLink link, Sink sink, ModelSetup setup, CloseEvidence evidence, long started, Task running)
    {
        TimeProvider clock = wheel.Clock;
        ArrayBufferWriter<byte> message = new();
        SetupWriter.Write(message, setup, options, ModelQuirks.For(SetupWriter.ModelName(setup, options)));
        link.Send(WebSocketOpcode.Text, message.WrittenSpan);
        link.Flush();
        Task first = await Task.WhenAny(sink.Ready, running, Task.Delay(ReadyTimeout, clock));
        TimeSpan took = clock.GetElapsedTime(started);
        if (!sink.Ready.IsCompleted)
        {
            // Silence is what an unknown model gives; it is judged like the bare close that follows it sooner or later.
            CloseCause silent = first == running ? Judge(sink, CloseStage.BeforeSetupComplete, evidence with { AudioMessages = 0 })
                : CloseCause.Classify(0, $"no setupComplete within {ReadyTimeout.TotalSeconds:0} s", CloseStage.BeforeSetupComplete, options.ApiKey, evidence with { AudioMessages = 0 });
            return new LiveProbeResult(silent, null, took);
        }

        SendSilence(link);
        Task after = await Task.WhenAny(running, Task.Delay(refusalTime, clock));
        return new LiveProbeResult(after == running ? Judge(sink, CloseStage.FirstAudio, evidence with { AudioMessages = 1 }) : null, took, clock.GetElapsedTime(started));
    }

    // 20 ms at 16 kHz, as a call sends it.
    private static void SendSilence(WebSocketLink link)
    {
        byte[] pcm = new byte[640];
        byte[] message = new byte[GeminiAudioWriter.Length(pcm.Length)];
        link.Send(WebSocketOpcode.Text, message.AsSpan(0, GeminiAudioWriter.Write(pcm, message)));
        link.Flush();
    }

    private CloseCause Judge(Sink sink, CloseStage stage, CloseEvidence evidence)
    {
        int code = sink.Close.Cause == WebSocketCloseCause.Peer ? sink.Close.Code : 1006;
        string text = sink.Close.Reason.Length > 0 ? sink.Close.Reason : sink.Error;
        return CloseCause.Classify(code, text, stage, options.ApiKey, evidence);
    }

    private sealed class Sink : IWebSocketSink
    {
        private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Ready => _ready.Task;

        public WebSocketClose Close { get; private set; }

        public string Error { get; private set; } = "";

        public void OnMessage(WebSocketOpcode opcode, ReadOnlySpan<byte> message)
        {
            GeminiMessage read;
            try
            {
                read = GeminiMessageReader.Read(message);
            }
            catch (JsonException)
            {
                Error = "a message was not JSON";
                return;
            }

            Error = read.Error ?? Error;
            if (read.SetupComplete)
            {
                _ready.TrySetResult();
            }
        }

        public void OnBatchEnd()
        {
        }

        public void OnClosed(WebSocketClose close) => Close = close;
    }
}

/// <param name="Failure">Null: a call would have begun.</param>
/// <param name="Ready">From the dial to <c>setupComplete</c>; null: none came.</param>
/// <param name="Took">All of it.</param>
internal sealed record LiveProbeResult(CloseCause? Failure, TimeSpan? Ready, TimeSpan Took);
