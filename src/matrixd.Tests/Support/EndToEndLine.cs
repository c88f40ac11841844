using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using Matrixd.Simulation;
using Matrixd.Timing;
using Matrixd.Transport;

namespace Matrixd.Tests.Support;

/// <summary>Exotel's end of one stream in a test's hand: sends what it is told, keeps every message that comes down with its audio.</summary>
/// <remarks>Messages come on the link's receive loop while a test reads: one lock guards the list.</remarks>
internal sealed class EndToEndLine : IWebSocketSink
{
    // What a test sends in one go: some seconds of audio.
    private static readonly WebSocketLimits s_limits = new() { MaxMessageBytes = 1_400_000, SendQueueBytes = 8 * 1024 * 1024 };

    private readonly Lock _gate = new();
    private readonly List<EndToEndEvent> _events = [];
    private readonly Watcher _watcher = new();
    private readonly TaskCompletionSource<WebSocketClose> _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly WebSocketLink _link;
    private long _frames;
    private long _samples;

    private EndToEndLine(EndToEndCall call, WebSocketLink link)
    {
        Call = call;
        _link = link;
    }

    public EndToEndCall Call { get; }

    /// <summary>How the line ended; never fails.</summary>
    public Task<WebSocketClose> Closed => _closed.Task;

    /// <summary>Everything that came down so far, in order.</summary>
    public IReadOnlyList<EndToEndEvent> Events
    {
        get
        {
            lock (_gate)
            {
                return [.. _events];
            }
        }
    }

    /// <summary>The audio of all chunks so far, one after the other [call's rate].</summary>
    public short[] Audio => [.. Events.SelectMany(e => e.Pcm)];

    /// <exception cref="DialException">Not let in; once, without Exotel's retry.</exception>
    public static async Task<EndToEndLine> DialAsync(EndToEndCall call, Uri daemon, string path, string basic, TimerWheel wheel)
    {
        List<KeyValuePair<string, string>> headers = [new("User-Agent", "Go-http-client/1.1")];
        if (basic.Length > 0)
        {
            headers.Add(new("Authorization", "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes(basic))));
        }

        WebSocketLink link = await WebSocketDialer.DialAsync(
            new WebSocketDialTarget
            {
                Host = daemon.Host,
                Port = daemon.Port,
                Tls = call.CaFile.Length > 0,
                CaFile = call.CaFile,
                RequestTarget = path,
                Headers = headers,
                UpgradeTimeout = TimeSpan.FromSeconds(20),
            },
            s_limits,
            wheel,
            CancellationToken.None);
        EndToEndLine line = new(call, link);
        line.Running = link.RunAsync(line);
        return line;
    }

    /// <summary>The receive loop.</summary>
    public Task Running { get; private set; } = Task.CompletedTask;

    /// <summary><c>connected</c> and <c>start</c>.</summary>
    public void Start(string custom = "{}")
    {
        Send(EndToEndFrames.Connected);
        Send(EndToEndFrames.Start(Call, custom));
    }

    /// <summary>One media frame; its timestamp follows the samples.</summary>
    public void Media(ReadOnlySpan<short> pcm)
    {
        Send(EndToEndFrames.Media(Call, ++_frames, _samples * 1000 / Call.Rate, pcm));
        _samples += pcm.Length;
    }

    /// <summary>Audio cut into frames, sent at once.</summary>
    public void Speak(ReadOnlySpan<short> pcm, int frameMs = 20)
    {
        int step = Call.Rate * frameMs / 1000;
        for (int at = 0; at < pcm.Length; at += step)
        {
            Media(pcm.Slice(at, Math.Min(step, pcm.Length - at)));
        }
    }

    public void Mark(string name) => Send(EndToEndFrames.Mark(Call, name));

    /// <summary><c>stop</c>, and the close that follows it.</summary>
    public void HangUp()
    {
        Send(EndToEndFrames.Stop(Call));
        _link.Close(1000, "");
    }

    public void Close(ushort code = 1000) => _link.Close(code, "");

    public void Drop() => _link.Abort();

    public void Send(string text)
    {
        _link.Send(WebSocketOpcode.Text, Encoding.UTF8.GetBytes(text));
        _link.Flush();
    }

    public Task WaitAsync(Func<IReadOnlyList<EndToEndEvent>, bool> condition, string what) =>
        _watcher.WaitAsync(() => condition(Events), what, TimeSpan.FromSeconds(20));

    /// <summary>Waits until so many samples have come down.</summary>
    public Task HeardAsync(int samples) => WaitAsync(events => events.Sum(e => e.Pcm.Length) >= samples, $"{samples} samples heard on {Call.CallSid}");

    /// <summary>Waits until turns [24 kHz] have come down to their last sample, counted from the last clear.</summary>
    public Task TurnsAsync(params short[][] said) => WaitAsync(
        events => EndToEndSound.IsHeard(AfterClear(events), Call.Rate, said), $"{said.Length} turns to their end on {Call.CallSid}");

    /// <summary>What came down after the last clear; everything where there was none.</summary>
    public static IReadOnlyList<EndToEndEvent> AfterClear(IReadOnlyList<EndToEndEvent> events)
    {
        List<EndToEndEvent> list = [.. events];
        return list[(list.FindLastIndex(e => e.Kind == "clear") + 1)..];
    }

    public void OnMessage(WebSocketOpcode opcode, ReadOnlySpan<byte> message)
    {
        EndToEndEvent read = EndToEndEvent.Read(Encoding.UTF8.GetString(message));
        lock (_gate)
        {
            _events.Add(read);
        }

        _watcher.Pulse();
    }

    public void OnBatchEnd()
    {
    }

    public void OnClosed(WebSocketClose close)
    {
        _closed.TrySetResult(close);
        _watcher.Pulse();
    }
}

/// <summary>One message that came down: <c>media</c>, <c>mark</c>, <c>clear</c>.</summary>
/// <param name="Pcm">Of a media message.</param>
/// <param name="Name">Of a mark.</param>
/// <param name="Text">As it came.</param>
internal sealed record EndToEndEvent(string Kind, short[] Pcm, string Name, string Text)
{
    public static EndToEndEvent Read(string text)
    {
        using JsonDocument document = JsonDocument.Parse(text);
        JsonElement root = document.RootElement;
        byte[] pcm = root.TryGetProperty("media", out JsonElement media) ? media.GetProperty("payload").GetBytesFromBase64() : [];
        string name = root.TryGetProperty("mark", out JsonElement mark) ? mark.GetProperty("name").GetString()! : "";
        return new EndToEndEvent(root.GetProperty("event").GetString()!, MemoryMarshal.Cast<byte, short>(pcm).ToArray(), name, text);
    }
}
