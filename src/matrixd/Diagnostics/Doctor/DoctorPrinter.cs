using System.Text.Json;

namespace Matrixd.Diagnostics.Doctor;

/// <summary>Prints each result as it comes: for people, or a JSON line each.</summary>
internal sealed class DoctorPrinter(TextWriter output, bool json, SecretShade shade)
{
    private const int NameColumn = 22; // the longest of the fixed names, and a gap

    public async Task PrintAsync(string name, CheckResult result, TimeSpan took)
    {
        if (json)
        {
            await WriteAsync(JsonSerializer.Serialize(CheckLine.Of(name, result, took, shade), DoctorJson.Readable.CheckLine));
            return;
        }

        string margin = new(' ', NameColumn + 2);
        await WriteAsync($"{Mark(result.Verdict)} {(name + "  ").PadRight(NameColumn)}{shade.Clean(result.Text)}");
        foreach (string detail in result.Details)
        {
            await WriteAsync($"{margin}{shade.Clean(detail)}");
        }

        if (result.Fix.Length > 0)
        {
            await WriteAsync($"{margin}→ {shade.Clean(result.Fix)}");
        }
    }

    public Task PrintAsync(DoctorOutcome outcome) => WriteAsync(json
        ? JsonSerializer.Serialize(OutcomeLine.Of(outcome), DoctorJson.Readable.OutcomeLine)
        : $"\n{outcome.Fine} fine, {outcome.Notes} explained, {outcome.Broken} broken{(outcome.Skipped > 0 ? $", {outcome.Skipped} not checked" : "")}");

    private async Task WriteAsync(string line)
    {
        await output.WriteLineAsync(line);
        await output.FlushAsync(); // a check can take seconds: what is known is shown
    }

    private static char Mark(CheckVerdict verdict) => verdict switch
    {
        CheckVerdict.Fine => '✓',
        CheckVerdict.Broken => '✗',
        _ => '!',
    };
}
