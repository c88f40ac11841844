using System.Text;
using System.Text.Json.Nodes;
using Matrixd.Diagnostics;
using Matrixd.Hosting;
using Xunit;

namespace Matrixd.Tests.Diagnostics;

public sealed class FrameDiffTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("matrixd-frames-").FullName;

    [Fact]
    public void The_fixture_within_the_binary_has_the_shape_of_what_was_captured()
    {
        string captured = Path.Combine(_folder, "captured.jsonl");
        File.WriteAllLines(captured, new[] { "genai-sdk-frames.jsonl", "genai-server-frames.jsonl" }.SelectMany(name => File.ReadLines(Path.Combine(AppContext.BaseDirectory, "Testdata", "genai", name))));

        Assert.Empty(FrameDiff.Between(FrameFile.Read(captured), FrameFile.ReadSdk()));
        Assert.Empty(FrameDiff.Between(FrameFile.ReadSdk(), FrameFile.Read(captured)));
    }

    [Theory]
    [InlineData("""{"realtime_input":{"audio":{"mime_type":"audio/pcm;rate=16000","data":{"audio_bytes":640}}}}""", """{"realtimeInput":{"audio":{"mimeType":"audio/pcm;rate=16000","data":"AAAA"}}}""",
        "spelling .realtime_input realtime_input|realtimeInput", "spelling .realtime_input.audio.mime_type mime_type|mimeType")]
    [InlineData("""{"setup":{"a":1}}""", """{"setup":{"a":"1"}}""", "type .setup.a number|string")]
    [InlineData("""{"setup":{"a":[1]}}""", """{"setup":{"a":[2,3]}}""")]
    [InlineData("""{"setup":{"a":"SOME_VALUE"}}""", """{"setup":{"a":"OTHER_VALUE"}}""", "value .setup.a SOME_VALUE|OTHER_VALUE")]
    [InlineData("""{"setup":{"a":"free text"}}""", """{"setup":{"a":"other text"}}""")]
    [InlineData("""{"setup":{"new":{"below":1}}}""", """{"setup":{"old":1}}""", "only_in_a .setup.new object|", "only_in_b .setup.old |number")]
    [InlineData("""{"toolCall":{"functionCalls":[{"args":{"x":1}}]}}""", """{"toolCall":{"functionCalls":[{"args":{"y":"z"}}]}}""")]
    [InlineData("""{"setup":{}}""", """{"setup":{}}""")]
    public void Shapes_are_compared_and_values_are_not(string a, string b, params string[] differences) =>
        Assert.Equal(differences, Between([a], [b]).Select(d => $"{d.Kind} {d.Path} {d.A}|{d.B}"));

    [Fact]
    public void The_kind_of_frame_and_the_order_of_messages_count()
    {
        Assert.Equal(["frame .setupComplete text|binary"], Between(["""{"setupComplete":{}}"""], ["""{"setupComplete":{}}"""], "in", "text", "binary").Select(d => $"{d.Kind} {d.Path} {d.A}|{d.B}"));
        string[] ours = ["""{"setup":{}}""", """{"clientContent":{}}""", """{"realtimeInput":{}}"""];
        Assert.DoesNotContain(Between(ours, [ours[0], ours[2], ours[2]]), d => d.Kind == "order");
        Assert.Equal(["order clientcontent before realtimeinput|realtimeinput before clientcontent"], Between(ours, [ours[0], ours[2], ours[1]]).Select(d => $"{d.Kind} {d.A}|{d.B}"));
        Assert.Equal(["only_in_a", "first"], Between([ours[1], ours[0]], [ours[0]]).Select(d => d.Kind));
    }

    [Fact]
    public async Task The_command_tells_differences_and_what_is_known_of_them()
    {
        string ours = Tape("ours.jsonl", """{"setup":{"model":"models/x"}}""", """{"realtime_input":{"audio":{"mime_type":"audio/pcm;rate=16000","data":"AA=="}}}""");
        string theirs = Tape("theirs.jsonl", """{"setup":{"model":"models/y"}}""", """{"realtime_input":{"mediaChunks":[]}}""");
        StringWriter stdout = new();
        StringWriter stderr = new();

        Assert.Equal(Commands.Done, await Commands.RunAsync(["diff-frames", ours, ours], stdout, stderr));
        Assert.Equal(Commands.Failed, await Commands.RunAsync(["diff-frames", ours, theirs], stdout, stderr));
        Assert.Contains("≠ to_gemini   only_in_a .realtime_input.audio  only in", stdout.ToString(), StringComparison.Ordinal);
        stdout.GetStringBuilder().Clear();
        Assert.Equal(Commands.Done, await Commands.RunAsync(["diff-frames", ours, "--against", "sdk", "--json"], stdout, stderr));
        JsonNode report = JsonNode.Parse(stdout.ToString())!;
        Assert.True((bool)report["same"]!);
        Assert.Contains(report["differences"]!.AsArray(), d => (string?)d!["kind"] == "spelling" && ((string?)d["why"])!.Contains("1008", StringComparison.Ordinal));
        Assert.Equal("", stderr.ToString());
        File.WriteAllText(Path.Combine(_folder, "broken.jsonl"), "{\n");
        Assert.Equal(Commands.Failed, await Commands.RunAsync(["diff-frames", Path.Combine(_folder, "broken.jsonl"), ours], stdout, stderr));
        Assert.Contains("broken.jsonl:1: this line is no frame", stderr.ToString(), StringComparison.Ordinal);
        Assert.Equal(Commands.Failed, await Commands.RunAsync(["diff-frames", Path.Combine(_folder, "nowhere.jsonl"), ours], stdout, stderr));
        Assert.Equal(Commands.Usage, await Commands.RunAsync(["diff-frames", ours], stdout, stderr));
        Assert.Equal(Commands.Usage, await Commands.RunAsync(["diff-frames", ours, "--against", "them"], stdout, stderr));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private IReadOnlyList<FrameDifference> Between(string[] a, string[] b, string dir = "out", string op = "text", string otherOp = "text") =>
        FrameDiff.Between(FrameFile.Read(Write("a.jsonl", a, dir, op)), FrameFile.Read(Write("b.jsonl", b, dir, otherOp)));

    private string Tape(string name, params string[] messages) => Write(name, messages, "out", "text");

    private string Write(string name, string[] messages, string dir, string op)
    {
        StringBuilder lines = new("""{"tape":1,"call_sid":"x"}""" + "\n");
        foreach (string message in messages)
        {
            lines.Append("{\"t\":1.000,\"leg\":\"gemini\",\"conn\":1,\"dir\":\"").Append(dir).Append("\",\"op\":\"").Append(op).Append("\",\"json\":").Append(message).Append("}\n");
        }

        string path = Path.Combine(_folder, name);
        File.WriteAllText(path, lines.ToString());
        return path;
    }
}
