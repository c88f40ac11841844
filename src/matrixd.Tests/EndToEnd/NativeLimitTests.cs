using System.Diagnostics;
using System.Net.Sockets;
using Matrixd.Calls;
using Matrixd.Simulation;
using Matrixd.Tests.Support;
using Xunit;
using Xunit.Abstractions;

namespace Matrixd.Tests.EndToEnd;

/// <summary>The binary that ships, with no descriptor left: L4, F3.</summary>
public class NativeLimitTests(ITestOutputHelper output)
{
    private const int Strangers = 60; // more than there is room for: some wait to be accepted all the time
    private const int Room = 20;

    // L4, F3
    [NativeFact]
    public Task Without_descriptors_a_call_goes_on_nothing_spins_and_all_is_served_again_when_there_are_some() => RunOutAsync(eventLoop: true);

    // L4, F3
    [NativeFact]
    public Task Without_descriptors_the_same_holds_the_portable_way() => RunOutAsync(eventLoop: false);

    private async Task RunOutAsync(bool eventLoop)
    {
        await using EndToEndPlace place = await EndToEndPlace.BuildAsync(House.Scripted with { Tls = true });
        place.Write(place.Config().Replace("max_calls = 60", $"max_calls = 60\nevent_loop = {(eventLoop ? "true" : "false")}", StringComparison.Ordinal));
        await using EndToEndNative daemon = await EndToEndNative.RunAsync(place.ConfigPath);
        short[] speech = Signals.Noise(8000, 1, seed: 40);
        short[] turn = Signals.Noise(24_000, 2, seed: 41);
        EndToEndLine line = await daemon.LineAsync("limit-1", place.Wheel);
        GeminiConnection connection = await place.ReadyAsync(0);
        await Eventually.TrueAsync(() => daemon.Stderr.Contains("call limit-1 started", StringComparison.Ordinal), "the call has started");

        int limit = EndToEndDescriptors.Limit(daemon.Id, Room);
        List<Socket> strangers = [];
        for (int i = 0; i < Strangers; i++)
        {
            strangers.Add(new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));
            await strangers[i].ConnectAsync(daemon.Url.Host, daemon.Url.Port);
        }

        await Eventually.TrueAsync(() => EndToEndDescriptors.Below(daemon.Id, limit) == limit, "all descriptors are taken");
        (TimeSpan before, long from) = (daemon.CpuTime(), Stopwatch.GetTimestamp());
        line.Speak(speech);
        _ = connection.SayAsync(turn);
        await line.TurnsAsync(turn);
        (TimeSpan used, TimeSpan elapsed) = (daemon.CpuTime() - before, Stopwatch.GetElapsedTime(from));
        output.WriteLine($"{limit} descriptors, all taken: {used.TotalSeconds:0.00} s of processor time in {elapsed.TotalSeconds:0.00} s");
        Assert.Equal(limit, EndToEndDescriptors.Below(daemon.Id, limit));
        Assert.True(used < elapsed / 2, $"{used.TotalSeconds:0.00} s of processor time in {elapsed.TotalSeconds:0.00} s"); // one that accepts and fails and accepts takes all of it
        await Eventually.TrueAsync(() => daemon.Stderr.Contains("new connections wait", StringComparison.Ordinal), "the log tells");
        EndToEndSound.AssertHeard(line.Events, 8000, off: 1, turn);
        short[] expected = EndToEndSound.Stream(speech, 8000, 16_000);
        int whole = expected.Length / 320 * 320;
        await connection.Ledger.WaitAsync(() => connection.Ledger.CallerPcm.Length >= whole, "the caller's audio");
        EndToEndSound.AssertSame(expected.AsSpan(0, whole), connection.Ledger.CallerPcm, off: 1);

        strangers.ForEach(stranger => stranger.Dispose());
        using HttpClient http = new() { BaseAddress = daemon.Url, Timeout = TimeSpan.FromSeconds(30) };
        Assert.True((await http.GetAsync("/healthz")).IsSuccessStatusCode);
        EndToEndLine next = await daemon.LineAsync("limit-2", place.Wheel);
        GeminiConnection second = await place.ReadyAsync(1);
        _ = second.SayAsync(turn);
        await next.TurnsAsync(turn);
        line.HangUp();
        next.HangUp();
        Assert.Equal(CallEndReason.CallerHungUp, (await place.EndedAsync("limit-1")).EndReason);
        Assert.Equal(CallEndReason.CallerHungUp, (await place.EndedAsync("limit-2")).EndReason);
    }
}
