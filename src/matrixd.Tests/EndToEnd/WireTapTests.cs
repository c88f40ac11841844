using System.Text.Json.Nodes;
using Matrixd.Calls;
using Matrixd.Simulation;
using Matrixd.Tests.Support;
using Xunit;

namespace Matrixd.Tests.EndToEnd;

/// <summary>What the daemon writes down of calls that are tapped, and of calls that end badly.</summary>
public class WireTapTests
{
    [Fact]
    public async Task A_tapped_call_leaves_every_message_of_both_sockets_without_audio_numbers_or_secrets()
    {
        await using House house = await House.BuildAsync(House.Scripted, TapFiles.On("on"));
        short[] said = Signals.Speech(24_000, seconds: 1);

        EndToEndLine line = await house.LineAsync("taped");
        GeminiConnection model = await house.ReadyAsync();
        line.Speak(Signals.Speech(8000, seconds: 0.2));
        await model.SayAsync(said, "Namaste.");
        await line.TurnsAsync(said);
        line.HangUp();
        await house.EndedAsync("taped");
        JsonNode[] tape = await TapFiles.EndedAsync(house, "taped.tape.jsonl");

        Assert.Equal((1, "taped", "elided", "masked"), ((int)tape[0]["tape"]!, (string)tape[0]["call_sid"]!, (string)tape[0]["audio"]!, (string)tape[0]["numbers"]!));
        Assert.Equal(300, (double)tape[0]["settings"]!["outbound_lead_ms"]!);
        Assert.Equal(["open", "text", "text", "text"], tape.Of("exotel", "in").Take(4).Select(TapFiles.Op));
        Assert.Equal("connected", (string?)tape.Of("exotel", "in")[1]["json"]!["event"]);
        Assert.Equal("····3609", (string?)tape.Of("exotel", "in")[2]["json"]!["start"]!["from"]);
        Assert.Equal(10, tape.Of("exotel", "in").Count(l => (int?)l["json"]?["media"]?["payload"]?["audio_bytes"] == 320));
        Assert.Equal("open", tape.Of("gemini", "out")[0].Op());
        Assert.EndsWith("BidiGenerateContentConstrained", (string?)tape.Of("gemini", "out")[0]["path"], StringComparison.Ordinal);
        Assert.StartsWith("You answer the phone.", (string?)tape.Of("gemini", "out")[1]["json"]!["setup"]!["systemInstruction"]!["parts"]![0]!["text"], StringComparison.Ordinal);
        Assert.Equal(640, (int?)tape.Of("gemini", "out")[2]["json"]!["realtime_input"]!["audio"]!["data"]!["audio_bytes"]);
        Assert.NotNull(tape.Of("gemini", "in")[0]["json"]!["setupComplete"]);
        Assert.Equal("binary", tape.Of("gemini", "in")[0].Op());
        Assert.Equal(48_000, tape.Of("gemini", "in").Sum(l => (int?)l["json"]?["serverContent"]?["modelTurn"]?["parts"]?[0]?["inlineData"]?["data"]?["audio_bytes"] ?? 0));
        Assert.Contains(tape.Of("exotel", "out"), l => (string?)l["json"]?["event"] == "mark");
        Assert.Equal("caller_hung_up", (string?)tape.Single(l => (string?)l["op"] == "end")["reason"]);
        string all = File.ReadAllText(Path.Combine(TapFiles.Folder(house), "taped.tape.jsonl"));
        Assert.DoesNotContain("auth_tokens", all, StringComparison.Ordinal);
        Assert.DoesNotContain("9441233609", all, StringComparison.Ordinal);
        Assert.DoesNotContain(House.BasicPassword, all, StringComparison.Ordinal);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(TapFiles.Folder(house), "taped.tape.jsonl")));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(TapFiles.Folder(house)));
    }

    [Fact]
    public async Task Only_chosen_calls_are_taped()
    {
        await using House house = await House.BuildAsync(House.Scripted, TapFiles.On("from:3333, call:chosen", options => options with { FlightRecorder = false }));

        foreach ((string sid, string from) in new[] { ("other", "09441233609"), ("chosen", "09441233609"), ("by-number", "+919000003333") })
        {
            EndToEndLine line = await house.LineAsync(new EndToEndCall(sid) { From = from });
            line.HangUp();
            await house.EndedAsync(sid);
        }

        await TapFiles.EndedAsync(house, "chosen.tape.jsonl");
        await TapFiles.EndedAsync(house, "by-number.tape.jsonl");
        Assert.Equal(2, Directory.GetFiles(TapFiles.Folder(house)).Length);
    }

    [Fact]
    public async Task A_call_that_ends_badly_leaves_a_flight_record_and_one_that_ends_well_none()
    {
        await using House house = await House.BuildAsync(House.Scripted, TapFiles.On("off"));
        EndToEndLine well = await house.LineAsync("well");
        await house.ReadyAsync(0);
        well.HangUp();
        await house.EndedAsync("well");

        EndToEndLine line = await house.LineAsync("badly");
        GeminiConnection model = await house.ReadyAsync(1);
        line.Speak(Signals.Speech(8000, seconds: 0.2));
        await model.Ledger.WaitAsync(() => model.Ledger.AudioMessages >= 9, "audio", TimeSpan.FromSeconds(20));
        line.Send("""{"event":"start"}"""); // the protocol has one start
        await house.EndedAsync("badly");
        JsonNode[] record = await TapFiles.EndedAsync(house, "badly.flight.jsonl");

        Assert.Equal((1, "badly", "protocol_error"), ((int)record[0]["flight"]!, (string)record[0]["call_sid"]!, (string)record[0]["reason"]!));
        Assert.Contains(record, l => (string?)l["leg"] == "gemini" && (string?)l["dir"] == "in" && (string?)l["what"] == "setupComplete");
        Assert.Contains(record, l => ((string?)l["what"])?.Contains("setup.model=models/gemini", StringComparison.Ordinal) == true);
        Assert.InRange(record.Sum(l => (int?)l["model_out"] ?? 0), 9, 10);
        Assert.Single(Directory.GetFiles(TapFiles.Folder(house)));
        string all = File.ReadAllText(Path.Combine(TapFiles.Folder(house), "badly.flight.jsonl"));
        Assert.DoesNotContain("You answer", all, StringComparison.Ordinal); // names of fields, not what stands in them
        Assert.DoesNotContain("9441233609", all, StringComparison.Ordinal);
    }
}
