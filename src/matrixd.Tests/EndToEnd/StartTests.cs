using Matrixd.Simulation;
using Matrixd.Tests.Support;
using Xunit;

namespace Matrixd.Tests.EndToEnd;

public class StartTests
{
    // Rule 10, the daemon's part: an unknown model is accepted and then silent, so the start names it and what is near.
    [Fact]
    public async Task The_start_warns_of_a_model_the_service_does_not_list_and_names_the_nearest()
    {
        await using House house = await House.BuildAsync(
            new GeminiSimulatorOptions(), config => config with { Gemini = config.Gemini with { Model = "gemini-3.1-flash-live-previw" } });

        await Eventually.TrueAsync(
            () => house.LogLines.Any(line => line.StartsWith("Warning", StringComparison.Ordinal)
                && line.Contains("gemini-3.1-flash-live-previw", StringComparison.Ordinal)
                && line.Contains("gemini-3.1-flash-live-preview", StringComparison.Ordinal)),
            "the warning");
        Assert.Contains(house.Gemini.Requests, request => request.Target.StartsWith("/v1beta/models", StringComparison.Ordinal) && !request.Target.Contains("key=", StringComparison.Ordinal));
    }
}
