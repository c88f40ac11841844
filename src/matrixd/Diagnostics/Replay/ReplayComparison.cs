using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace Matrixd.Diagnostics;

/// <summary>Holds what a replay sent against what the call sent.</summary>
/// <remarks>
/// Three streams, each in its own order: what the caller heard between clears, messages to the model, and the audio that it heard. Times are not compared,
/// nor into which messages audio was cut and where marks stand: a live daemon's timers fire some milliseconds late, and then a chunk is longer, not other.
/// For the same reason silence to the caller is left out, for how much of it fills up the end of a turn depends on what had left when the end was known;
/// and the chunk that was due in the moment of a clear or of the call's end may have left or not.
/// Where the tape has no audio, its lengths are compared.
/// </remarks>
internal sealed class ReplayComparison
{
    // Behind the first difference most others are its consequences.
    private const int MostTold = 20;
    private const int LongestShown = 160;

    // Silence that fills up a turn's end is less than the smallest chunk. Where the audio is not there to tell it from words, a second may hold one end.
    private const int MostFilling = 3200;
    private const int SecondBytes = 16_000;

    // The last chunk of a turn is shorter than two; the largest ones are 4,800 bytes, at 24 kHz.
    private const int MostDue = 9600;

    private readonly List<string> _told = [];

    public IReadOnlyList<string> Told => _told;

    public int Count { get; private set; }

    /// <summary>Places at which the caller's audio was cut then and not now, or now and not then.</summary>
    public int Cuts { get; private set; }

    public static ReplayComparison Of(TapeContent tape, IReadOnlyList<ReplayFrame> sent)
    {
        ReplayComparison comparison = new();
        TapeText text = new(tape.HasAudio, tape.HasNumbers);
        Item[] taped = [.. tape.Entries.Where(entry => entry is { IsInbound: false, IsMessage: true }).Select(entry => new Item(entry.Leg, entry.At, entry.Json, IsAudio(entry)))];
        Item[] ours = [.. sent.Select(frame => new Item(frame.Leg, frame.At, Render(text, frame.Message), FlightWords.IsAudio(frame.Leg, isInbound: false, frame.Message)))];
        comparison.Cuts = comparison.CompareAudio("heard by the caller", mayBeFilled: true, taped.Where(item => item.Leg == TapeLeg.Exotel), ours.Where(item => item.Leg == TapeLeg.Exotel));
        comparison.Compare("to the model", taped.Where(item => item is { Leg: TapeLeg.Gemini, IsAudio: false }), ours.Where(item => item is { Leg: TapeLeg.Gemini, IsAudio: false }));
        comparison.CompareAudio("heard by the model", mayBeFilled: false, taped.Where(item => item is { Leg: TapeLeg.Gemini, IsAudio: true }), ours.Where(item => item is { Leg: TapeLeg.Gemini, IsAudio: true }));
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

    private int CompareAudio(string what, bool mayBeFilled, IEnumerable<Item> taped, IEnumerable<Item> ours)
    {
        ReplayAudioTrack then = Track(taped);
        ReplayAudioTrack now = Track(ours);
        IReadOnlyList<byte[]> before = then.Parts;
        IReadOnlyList<byte[]> after = now.Parts;
        for (int i = 0; i < Math.Min(before.Count, after.Count); i++)
        {
            byte[] was = mayBeFilled && !then.IsElided ? WithoutSilence(before[i]) : before[i];
            byte[] @is = mayBeFilled && !then.IsElided ? WithoutSilence(after[i]) : after[i];
            int allowed = mayBeFilled && then.IsElided ? MostDue + (MostFilling * (1 + (was.Length / SecondBytes))) : mayBeFilled ? MostDue : 0;
            int same = was.AsSpan().CommonPrefixLength(@is);
            if (same < Math.Min(was.Length, @is.Length) || Math.Abs(was.Length - @is.Length) > allowed)
            {
                Tell($"{what}, after {i} clears: {before[i].Length} bytes then, {after[i].Length} now, the same up to byte {same}");
            }
        }

        if (before.Count != after.Count)
        {
            Tell($"{what}: {before.Count - 1} clears then, {after.Count - 1} now");
        }

        then.Cuts.SymmetricExceptWith(now.Cuts);
        return then.Cuts.Count;
    }

    // Every silent sample, and not only runs of them: a word may end or begin with some.
    private static byte[] WithoutSilence(byte[] pcm)
    {
        Span<short> samples = MemoryMarshal.Cast<byte, short>(pcm.AsSpan().ToArray().AsSpan());
        int kept = 0;
        foreach (short sample in samples)
        {
            samples[kept] = sample;
            kept += sample != 0 ? 1 : 0;
        }

        return MemoryMarshal.AsBytes(samples[..kept]).ToArray();
    }

    private static ReplayAudioTrack Track(IEnumerable<Item> items)
    {
        ReplayAudioTrack track = new();
        foreach (Item item in items)
        {
            track.Add(item.Json);
        }

        return track;
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
