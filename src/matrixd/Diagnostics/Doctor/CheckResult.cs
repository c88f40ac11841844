namespace Matrixd.Diagnostics.Doctor;

/// <summary>What one check found.</summary>
/// <param name="Text">One line.</param>
/// <param name="Fix">What to do, one line; empty: nothing.</param>
internal sealed record CheckResult(CheckVerdict Verdict, string Text, string Fix = "")
{
    /// <summary>Further lines: warnings, causes in order.</summary>
    public IReadOnlyList<string> Details { get; init; } = [];

    public static CheckResult Fine(string text) => new(CheckVerdict.Fine, text);

    /// <summary>Judged and explained: calls go on with it.</summary>
    public static CheckResult Note(string text, string fix = "") => new(CheckVerdict.Note, text, fix);

    public static CheckResult Broken(string text, string fix) => new(CheckVerdict.Broken, text, fix);

    /// <summary>It could not be tried.</summary>
    public static CheckResult Skipped(string why) => new(CheckVerdict.Skipped, $"not checked: {why}");
}

internal enum CheckVerdict
{
    Fine,
    Note,
    Broken,
    Skipped,
}
