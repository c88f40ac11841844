using System.Text.Json;
using Matrixd.Simulation;
using Matrixd.Tests.Support;
using Xunit;
using Xunit.Abstractions;

namespace Matrixd.Tests.EndToEnd;

/// <summary><c>matrixd doctor</c> of the binary that ships, beside a running daemon.</summary>
public class NativeDoctorTests(ITestOutputHelper output)
{
    [NativeFact]
    public async Task It_finds_nothing_broken_where_nothing_is_and_exits_by_what_it_finds()
    {
        await using EndToEndPlace place = await EndToEndPlace.BuildAsync(House.Scripted with { Tls = true });
        await using EndToEndNative daemon = await EndToEndNative.RunAsync(place.ConfigPath);
        string listen = $"127.0.0.1:{daemon.Url.Port}";
        string config = place.Config(listen: listen).Replace("[store]", $"public_url = \"ws://{listen}\"\n[store]", StringComparison.Ordinal);

        place.Write(config);
        (int fine, string stdout, _) = await EndToEndNative.CommandAsync("doctor", "--config", place.ConfigPath);
        output.WriteLine(stdout);
        Assert.DoesNotContain("✗", stdout, StringComparison.Ordinal);
        Assert.Contains("✓ session reception", stdout, StringComparison.Ordinal);
        Assert.Contains("a WebSocket was opened with our credential", stdout, StringComparison.Ordinal);
        Assert.Contains("whole, schema version", stdout, StringComparison.Ordinal);
        Assert.DoesNotContain("AIza-test", stdout, StringComparison.Ordinal);
        Assert.DoesNotContain(House.BasicPassword, stdout, StringComparison.Ordinal);
        Assert.Equal(0, fine);

        place.Write(config.Replace("[gemini]", "[gemini]\nmodel = \"gemini-3.1-flash-live-perview\"", StringComparison.Ordinal));
        (int broken, string json, _) = await EndToEndNative.CommandAsync("doctor", "--json", "--config", place.ConfigPath);
        JsonElement[] lines = [.. json.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement)];
        Assert.Equal("broken", lines[^1].GetProperty("result").GetString());
        Assert.Equal(2, lines[..^1].Count(line => line.GetProperty("verdict").GetString() == "broken")); // on the list, and in a session
        Assert.Equal(1, broken);

        place.Write(config + "tuols = []\n");
        Assert.Equal(2, (await EndToEndNative.CommandAsync("doctor", "--config", place.ConfigPath)).Code);
        Assert.Equal(2, (await EndToEndNative.CommandAsync("doctor", "--confg", place.ConfigPath)).Code);
    }
}
