namespace Matrixd.Config;

/// <summary>What the diagnostics room is told.</summary>
internal sealed record DiagnosticsOptions
{
    /// <summary>Which calls are tapped; empty: none.</summary>
    public IReadOnlyList<TapWord> WireTap { get; init; } = [];

    /// <summary>Where tapes and flight records go; empty: nothing is written.</summary>
    public string TapDirectory { get; init; } = "";

    /// <summary>Tapes hold the audio too.</summary>
    public bool KeepAudio { get; init; }

    /// <summary>Tapes hold telephone numbers whole.</summary>
    public bool KeepNumbers { get; init; }

    /// <summary>One tape at most [bytes].</summary>
    public long TapeBytes { get; init; } = 128L * 1024 * 1024;

    /// <summary>All that the directory may hold [bytes]; the oldest goes first.</summary>
    public long DirectoryBytes { get; init; } = 1024L * 1024 * 1024;

    /// <summary>What is older is removed.</summary>
    public TimeSpan Keep { get; init; } = TimeSpan.FromDays(7);

    public bool FlightRecorder { get; init; } = true;

    // The compiler's ToString would print telephone numbers.
    public override string ToString() => $"{WireTap.Count} taps, {TapDirectory}";
}
