using System.Text.Json;
using Matrixd.Calls;
using Matrixd.Config;
using Matrixd.Simulation;
using GeminiConnection = Matrixd.Simulation.GeminiConnection;

namespace Matrixd.Tests.Support;

/// <summary>A call in a <see cref="House"/> whose model has greeted, and what tests do to its connections.</summary>
internal static class ModelScene
{
    public const string Greeting = "Namaste, this is matrixd.";

    public const string CatchAll = "Method doesn't allow unregistered callers (callers without established identity). Please use API Key or other form of API credentials";

    /// <summary>The agent greets.</summary>
    public static DaemonConfig Greets(DaemonConfig config) => config with { Agents = [config.Agents[0] with { Greeting = Greeting }] };

    /// <summary>A call whose model is ready and has been asked to greet; it has done so, heard to its end.</summary>
    public static async Task<(EndToEndLine Line, GeminiConnection Model)> BeginAsync(House house, string callSid)
    {
        EndToEndLine line = await house.LineAsync(callSid);
        GeminiConnection model = await house.ReadyAsync();
        await model.Ledger.ReceivedAsync("clientContent");
        short[] hello = Signals.Noise(24_000, 0.4, seed: 1);
        await model.SayAsync(hello, "Namaste.");
        await line.TurnsAsync(hello);
        return (line, model);
    }

    /// <summary>The connection that came after another and is ready. One in between can have been refused: the old one was still open to the service.</summary>
    public static async Task<GeminiConnection> NextAsync(House house, GeminiConnection after)
    {
        GeminiConnection? next = null;
        await Eventually.TrueAsync(
            () => (next = house.Gemini.Connections.FirstOrDefault(connection => connection.Index > after.Index && connection.Ready)) is not null, "the next connection");
        return next!;
    }

    /// <summary>Audio and words of a turn that does not end.</summary>
    public static void Begins(GeminiConnection model, short[] pcm, string words)
    {
        string audio = Convert.ToBase64String(Samples16.BytesOf(pcm));
        model.SendRaw($$$$$"""{"serverContent":{"modelTurn":{"parts":[{"inlineData":{"mimeType":"audio/pcm;rate=24000","data":"{{{{{audio}}}}}"}}]},"outputTranscription":{"text":"{{{{{words}}}}}"}}}""");
    }

    public static void End(GeminiConnection model, string way)
    {
        switch (way)
        {
            case "reset":
                model.Drop();
                break;
            case "fin":
                model.BareClose();
                break;
            case "goaway and close":
                model.SendGoAway(TimeSpan.FromSeconds(50));
                model.Close(1011, "Deadline expired before operation could complete.");
                break;
            case "goaway twice":
                model.SendGoAway(TimeSpan.FromSeconds(50));
                model.SendGoAway(TimeSpan.FromSeconds(50));
                model.Close(1001, "");
                break;
            default:
                string[] parts = way.Split(' ', 2);
                model.Close(ushort.Parse(parts[0]), parts.Length > 1 ? parts[1] : "");
                break;
        }
    }

    /// <summary>The turns of a <c>clientContent</c>, each as <c>role: text</c>.</summary>
    public static string[] Texts(GeminiReceived content) =>
        [.. content.Json.GetProperty("clientContent").GetProperty("turns").EnumerateArray().Select(turn => $"{turn.GetProperty("role").GetString()}: {turn.GetProperty("parts")[0].GetProperty("text").GetString()}")];

    /// <summary>The words of what happened to a call's connections, once it is on disk: without goAways, and without attempts that failed.</summary>
    public static async Task<string[]> LivesAsync(House house, string callSid, int count)
    {
        string[] words = [];
        await Eventually.TrueAsync(async () => (words = [.. (await EventsAsync(house, callSid, count)).Where(word => word is not ("go_away" or "retry_failed"))]).Length >= count, $"{count} of {callSid}");
        return words;
    }

    /// <summary>The words of what happened to a call's connections, once it is on disk.</summary>
    public static async Task<string[]> EventsAsync(House house, string callSid, int count)
    {
        string[] words = [];
        await Eventually.TrueAsync(
            async () => (words = [.. (await house.ReadAsync((_, log) => log.ModelEventsAsync(CallSid.Parse(callSid)))).Select(happened => happened.Kind.Word())]).Length >= count,
            $"{count} events of {callSid}");
        return words;
    }

    /// <summary>The setup named a handle.</summary>
    public static bool Resumes(GeminiConnection connection) => connection.Ledger.Received[0].Json.GetProperty("setup").GetProperty("sessionResumption").TryGetProperty("handle", out JsonElement _);
}
