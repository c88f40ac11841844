using Matrixd.Calls;

namespace Matrixd.Diagnostics;

/// <summary>A tape, read.</summary>
internal sealed class TapeContent
{
    public required string CallSid { get; init; }

    /// <summary>When the call began.</summary>
    public required DateTimeOffset At { get; init; }

    public required bool HasAudio { get; init; }

    public required bool HasNumbers { get; init; }

    /// <summary>The configured model.</summary>
    public required string Model { get; init; }

    /// <summary>As the daemon had them that made the tape.</summary>
    public required CallsOptions Settings { get; init; }

    /// <summary>In the order of their time.</summary>
    public IReadOnlyList<TapeEntry> Entries { get; set; } = [];

    /// <summary>Messages were left out: the disk was behind, or the file full.</summary>
    public bool Missing { get; set; }

    /// <summary>It ends in the middle of a line.</summary>
    public bool IsCut { get; set; }
}
