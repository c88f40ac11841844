using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Matrixd.Diagnostics.Doctor;

/// <summary>One line of <c>matrixd doctor --json</c>.</summary>
internal sealed record CheckLine(string Check, string Verdict, string Text, string Fix, IReadOnlyList<string> Details, double Ms)
{
    public static CheckLine Of(string name, CheckResult result, TimeSpan took, SecretShade shade) => new(
        name, Word(result.Verdict), shade.Clean(result.Text), shade.Clean(result.Fix), [.. result.Details.Select(shade.Clean)], Math.Round(took.TotalMilliseconds, 1));

    private static string Word(CheckVerdict verdict) => verdict switch
    {
        CheckVerdict.Fine => "fine",
        CheckVerdict.Note => "explained",
        CheckVerdict.Broken => "broken",
        _ => "not_checked",
    };
}

/// <summary>The last line.</summary>
internal sealed record OutcomeLine(string Result, int Fine, int Explained, int Broken, int NotChecked)
{
    public static OutcomeLine Of(DoctorOutcome outcome) => new(
        outcome.ConfigBroken ? "config" : outcome.Broken > 0 ? "broken" : "ok", outcome.Fine, outcome.Notes, outcome.Broken, outcome.Skipped);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(CheckLine))]
[JsonSerializable(typeof(OutcomeLine))]
internal sealed partial class DoctorJson : JsonSerializerContext
{
    /// <summary>Letters of every script as they are: the text goes to a terminal or a file, never into HTML.</summary>
    public static DoctorJson Readable { get; } = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });
}
