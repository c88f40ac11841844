using Matrixd.Calls;
using Matrixd.Simulation;
using Matrixd.Tests.Support;
using Matrixd.Transport.Loop;
using Xunit;

namespace Matrixd.Tests.EndToEnd;

/// <summary>The binary that ships, on a machine whose OpenSSL is not the one that event loops use.</summary>
public class NativeLibraryTests
{
    // As where OpenSSL is older: what is called libssl.so.3 cannot be loaded, while the base library finds one by another name that it knows.
    [NativeFact]
    public async Task Without_its_OpenSSL_it_says_so_and_serves_a_call_over_TLS_the_portable_way()
    {
        await using EndToEndPlace place = await EndToEndPlace.BuildAsync(House.Scripted with { Tls = true });
        string folder = Directory.CreateDirectory(Path.Combine(place.Folder, "libraries")).FullName;
        File.WriteAllText(Path.Combine(folder, "libssl.so.3"), "not a library");
        File.WriteAllBytes(Path.Combine(folder, "libssl.so.1.1"), RealLibrary());
        await using EndToEndNative daemon = await EndToEndNative.RunAsync(place.ConfigPath, new Dictionary<string, string> { ["LD_LIBRARY_PATH"] = folder });
        short[] speech = Signals.Noise(8000, 0.5, seed: 50);
        short[] turn = Signals.Noise(24_000, 0.5, seed: 51);

        EndToEndLine line = await daemon.LineAsync("library-1", place.Wheel);
        GeminiConnection connection = await place.ReadyAsync(0);
        line.Speak(speech);
        _ = connection.SayAsync(turn);
        await line.TurnsAsync(turn);
        short[] expected = EndToEndSound.Stream(speech, 8000, 16_000);
        int whole = expected.Length / 320 * 320;
        await connection.Ledger.WaitAsync(() => connection.Ledger.CallerPcm.Length >= whole, "the caller's audio");
        line.HangUp();

        EndToEndSound.AssertHeard(line.Events, 8000, off: 1, turn);
        Assert.Equal(CallEndReason.CallerHungUp, (await place.EndedAsync("library-1")).EndReason);
        Assert.Contains("no event loop: libssl.so.3 cannot be loaded; sockets are served the portable way", daemon.Stderr, StringComparison.Ordinal);
    }

    // The machine's own, which this process has loaded, too. It does not call itself libssl.so.3 any more: else it would be found as that once it is loaded.
    private static byte[] RealLibrary()
    {
        Assert.Equal("", EventLoops.Missing);
        string path = File.ReadLines("/proc/self/maps").Select(line => line[(line.LastIndexOf(' ') + 1)..]).First(path => path.EndsWith("/libssl.so.3", StringComparison.Ordinal));
        byte[] library = File.ReadAllBytes(path);
        int at = library.AsSpan().IndexOf("libssl.so.3\0"u8);
        Assert.True(at >= 0, $"{path} does not name itself");
        library[at + 10] = (byte)'9';
        return library;
    }
}
