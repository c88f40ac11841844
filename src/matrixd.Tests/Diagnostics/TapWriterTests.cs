using System.Text;
using System.Text.Json.Nodes;
using Matrixd.Config;
using Matrixd.Diagnostics;
using Matrixd.Tests.Support;
using Microsoft.Extensions.Logging;
using Xunit;

namespace Matrixd.Tests.Diagnostics;

public sealed class TapWriterTests : IDisposable
{
    private readonly string _folder = Path.Combine(Directory.CreateTempSubdirectory("matrixd-tap-").FullName, "taps");
    private readonly TapCounters _counters = new();
    private readonly ListLoggers _loggers = new();

    [Fact]
    public async Task A_tape_ends_at_its_bound_and_says_so()
    {
        await using (TapWriter writer = Writer(options => options with { TapeBytes = 1000 }))
        {
            Tape tape = new(writer, "call", "{}\n"u8.ToArray(), TapeFolder.TapeSuffix);
            for (int i = 0; i < 100; i++)
            {
                Add(tape, i, """{"serverContent":{"turnComplete":true}}""");
            }

            tape.Finish();
        }

        string[] lines = File.ReadAllLines(Path.Combine(_folder, "call.tape.jsonl"));
        Assert.Equal("full", (string?)JsonNode.Parse(lines[^1])!["op"]);
        Assert.InRange(new FileInfo(Path.Combine(_folder, "call.tape.jsonl")).Length, 1000, 1300);
    }

    [Fact]
    public async Task What_finds_no_room_is_counted_and_missed_in_the_tape()
    {
        await using (TapWriter writer = Writer())
        {
            Tape tape = new(writer, "call", "{}\n"u8.ToArray(), TapeFolder.TapeSuffix);
            byte[] huge = new byte[17 * 1024 * 1024]; // more than may wait
            tape.Add(1, TapeLeg.Gemini, 1, isInbound: true, TapeEvent.Text, huge);
            Add(tape, 2, "{}");
            tape.Finish();
        }

        string[] lines = File.ReadAllLines(Path.Combine(_folder, "call.tape.jsonl"));
        Assert.Equal("""{"t":0.002,"op":"lost","frames":1}""", lines[1]);
        Assert.Equal("""{"t":0.002,"leg":"gemini","conn":1,"dir":"in","op":"text","len":2,"json":{}}""", lines[2]);
        Assert.Equal(1, _counters.FramesLost);
    }

    [Fact]
    public async Task A_call_that_comes_again_has_a_tape_of_its_own_and_the_newest_is_found()
    {
        for (int i = 0; i < 3; i++)
        {
            await using TapWriter writer = Writer();
            Tape tape = new(writer, "call", "{}\n"u8.ToArray(), TapeFolder.TapeSuffix);
            Add(tape, i, "{}");
            tape.Finish();
        }

        Assert.Equal(["call.2.tape.jsonl", "call.3.tape.jsonl", "call.tape.jsonl"], Directory.GetFiles(_folder).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.Equal(Path.Combine(_folder, "call.3.tape.jsonl"), TapeFolder.Find(_folder, "call"));
        Assert.Null(TapeFolder.Find(_folder, "cal"));
        Assert.Null(TapeFolder.Find(Path.Combine(_folder, "nowhere"), "call"));
    }

    [Fact]
    public void Old_files_go_then_the_oldest_and_what_is_written_stays()
    {
        Directory.CreateDirectory(_folder);
        DateTime now = TimeProvider.System.GetUtcNow().UtcDateTime;
        foreach ((string name, int age, int size) in new[] { ("old.tape.jsonl", 100, 10), ("second.tape.jsonl", 30, 400), ("third.flight.jsonl", 20, 400), ("newest.tape.jsonl", 10, 400), ("somebody-elses.txt", 900, 4000) })
        {
            File.WriteAllBytes(Path.Combine(_folder, name), new byte[size]);
            File.SetLastWriteTimeUtc(Path.Combine(_folder, name), now.AddMinutes(-age));
        }

        TapeFolder folder = new(Options() with { Keep = TimeSpan.FromMinutes(60), DirectoryBytes = 1000 }, TimeProvider.System);
        using TapeFile open = folder.Create("open", TapeFolder.TapeSuffix);
        File.SetLastWriteTimeUtc(open.Path, now.AddMinutes(-500));

        Assert.Equal(2, folder.Tidy([open]));

        Assert.Equal(["newest.tape.jsonl", "open.tape.jsonl", "somebody-elses.txt", "third.flight.jsonl"], Directory.GetFiles(_folder).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_folder_that_refuses_is_told_once_for_a_tape_and_costs_nothing_else()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_folder)!);
        File.WriteAllText(_folder, "a file in its place");
        await using (TapWriter writer = Writer())
        {
            Tape tape = new(writer, "call", "{}\n"u8.ToArray(), TapeFolder.TapeSuffix);
            Add(tape, 1, "{}");
            Add(tape, 2, "{}");
            tape.Finish();
        }

        Assert.Equal(1, _counters.Failures);
        Assert.Single(_loggers.Lines, line => line.Contains("2000", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_message_that_is_no_JSON_is_told_by_its_beginning()
    {
        await using (TapWriter writer = Writer())
        {
            Tape tape = new(writer, "call", "{}\n"u8.ToArray(), TapeFolder.TapeSuffix);
            Add(tape, 1_234_567, "{\"half\":");
            tape.Finish();
        }

        Assert.Equal(
            """{"t":1234.567,"leg":"gemini","conn":1,"dir":"in","op":"text","len":8,"raw":"eyJoYWxmIjo="}""", File.ReadAllLines(Path.Combine(_folder, "call.tape.jsonl"))[1]);
    }

    public void Dispose() => Directory.Delete(Path.GetDirectoryName(_folder)!, recursive: true);

    private static void Add(Tape tape, long micros, string message) =>
        tape.Add(micros, TapeLeg.Gemini, 1, isInbound: true, TapeEvent.Text, Encoding.UTF8.GetBytes(message));

    private DiagnosticsOptions Options() => new() { TapDirectory = _folder };

    private TapWriter Writer(Func<DiagnosticsOptions, DiagnosticsOptions>? change = null) =>
        new(change?.Invoke(Options()) ?? Options(), TimeProvider.System, _counters, _loggers.CreateLogger<TapWriter>());
}
