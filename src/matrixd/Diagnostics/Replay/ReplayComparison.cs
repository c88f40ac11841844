using System.Buffers;
using System.Text;
using System.Text.Json;

namespace Matrixd.Diagnostics;

/// <summary>Holds what a replay sent against what the call sent.</summary>
/// <remarks>
/// Three streams, each in its own order: messages to the caller, messages to the model, and the audio among the latter. Times are not compared: the wheel
/// ticks where it ticks. Where the tape has no audio, its lengths are compared.
/// </remarks>
internal sealed class ReplayComparison
{
    // Behind the first difference most others are its consequences.
    private const int MostTold = 20;
    private const int LongestShown = 160;

    private readonly List<string> _told = [];

    public IReadOnlyList<string> Told => _told;

    public int Count { get; private set; }

    public static ReplayComparison Of(TapeContent tape, IReadOnlyList<ReplayFrame> sent)
    {
        ReplayComparison comparison = new();
        TapeText text = new(tape.HasAudio, tape.HasNumbers);
        Item[] taped = [.. tape.Entries.Where(entry => entry is { IsInbound: false, IsMessage: true }).Select(entry => new Item(entry.Leg, entry.At, entry.Json, IsAudio(entry)))];
        Item[] ours = [.. sent.Select(frame => new Item(frame.Leg, frame.At, Render(text, frame.Message), FlightWords.IsAudio(frame.Leg, isInbound: false, frame.Message)))];
        comparison.Compare("to the caller", taped.Where(item => item.Leg == TapeLeg.Exotel), ours.Where(item => item.Leg == TapeLeg.Exotel));
        comparison.Compare("to the model", taped.Where(item => item is { Leg: TapeLeg.Gemini, IsAudio: false }), ours.Where(item => item is { Leg: TapeLeg.Gemini, IsAudio: false }));
        comparison.Compare("audio to the model", taped.Where(item => item is { Leg: TapeLeg.Gemini, IsAudio: true }), ours.Where(item => item is { Leg: TapeLeg.Gemini, IsAudio: true }));
        return comparison;
    }

    private void Compare(string what, IEnumerable<Item> taped, IEnumerable<Item> ours)
    {
        Item[] then = [.. taped];
        Item[] now = [.. ours];
        for (int i = 0; i < Math.Min(then.Length, now.Length); i++)
        {
            if (then[i].Json != now[i].Json)
            {
                Tell(FormattableString.Invariant($"{what}, message {i + 1}: {Short(then[i].Json, now[i].Json)} at {then[i].At.TotalSeconds:0.000} s then, {Short(now[i].Json, then[i].Json)} at {now[i].At.TotalSeconds:0.000} s now"));
            }
        }

        if (then.Length != now.Length)
        {
            Tell($"{what}: {then.Length} messages then, {now.Length} now");
        }
    }

    private void Tell(string difference)
    {
        Count++;
        if (_told.Count < MostTold)
        {
            _told.Add(difference);
        }
    }

    private static bool IsAudio(TapeEntry entry) =>
        FlightWords.IsAudio(entry.Leg, isInbound: false, Encoding.UTF8.GetBytes(entry.Json.Length > LongestShown ? entry.Json[..LongestShown] : entry.Json));

    private static string Render(TapeText text, byte[] message)
    {
        ArrayBufferWriter<byte> line = new(message.Length);
        using (Utf8JsonWriter json = new(line, TapeText.Writing))
        {
            text.Write(json, message);
        }

        return Encoding.UTF8.GetString(line.WrittenSpan);
    }

    // From a little before the place where the two part.
    private static string Short(string text, string other)
    {
        int same = text.AsSpan().CommonPrefixLength(other);
        int from = Math.Max(0, same - (LongestShown / 4));
        string part = text[from..Math.Min(text.Length, from + LongestShown)];
        return $"{(from > 0 ? "…" : "")}{part}{(from + LongestShown < text.Length ? "…" : "")}";
    }

    private readonly record struct Item(TapeLeg Leg, TimeSpan At, string Json, bool IsAudio);
}
