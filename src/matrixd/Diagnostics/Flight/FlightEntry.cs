namespace Matrixd.Diagnostics;

/// <summary>One entry of a flight record, lent.</summary>
internal readonly ref struct FlightEntry
{
    /// <summary>Since the beginning [ms].</summary>
    public uint Milliseconds { get; init; }

    public TapeLeg Leg { get; init; }

    public bool IsInbound { get; init; }

    /// <summary>UTF-8, perhaps cut within a character.</summary>
    public ReadOnlySpan<byte> Words { get; init; }

    /// <summary>Messages of audio since the entry before: from the caller, to the caller, from the model, to the model.</summary>
    public ReadOnlySpan<ushort> Audio { get; init; }
}
