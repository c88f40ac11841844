namespace Matrixd.Simulation;

/// <summary>One message that came down the line.</summary>
/// <param name="Event"><c>media</c>, <c>mark</c>, <c>clear</c> or whatever else was sent.</param>
/// <param name="Name">Of a mark.</param>
/// <param name="Bytes">Audio of a media message.</param>
/// <param name="At">Since <c>start</c> was sent.</param>
/// <param name="Fault">The rule that it broke.</param>
internal sealed record CallerEvent(string Event, string Name, int Bytes, TimeSpan At, ChunkFault Fault);
