using Matrixd.Transport;

namespace Matrixd.Diagnostics;

/// <summary>A message that the replayed call sent.</summary>
/// <param name="At">Since the beginning.</param>
/// <param name="Connection">Number of the leg's socket, from 1.</param>
internal sealed record ReplayFrame(TimeSpan At, TapeLeg Leg, int Connection, WebSocketOpcode Opcode, byte[] Message);
