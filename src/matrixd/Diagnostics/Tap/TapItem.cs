namespace Matrixd.Diagnostics;

/// <summary>Something on its way to the writer's thread.</summary>
/// <param name="Tape">Where it belongs.</param>
/// <param name="Micros">Since the tape's beginning [µs].</param>
/// <param name="Connection">Number of the leg's socket, from 1.</param>
/// <param name="Buffer">From the shared pool, returned by the writer; null: no message.</param>
/// <param name="Length">Bytes of the message.</param>
/// <param name="Code">Of a close.</param>
/// <param name="Text">Of a close its reason, of an open the path; of an end its detail.</param>
/// <param name="Word">Of a close its cause, of an end its reason.</param>
/// <param name="Batch">Of a message that came: which arrived together have the same; 0: not known.</param>
/// <param name="IsMarker">It makes no line.</param>
internal readonly record struct TapItem(
    Tape Tape, long Micros, TapeLeg Leg, int Connection, bool IsInbound, TapeEvent Event, byte[]? Buffer = null, int Length = 0, ushort Code = 0,
    string Text = "", string Word = "", int Batch = 0, bool IsMarker = false);
