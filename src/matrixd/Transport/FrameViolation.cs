namespace Matrixd.Transport;

/// <summary>Why a frame was refused: what the close frame will say.</summary>
/// <param name="Code">Close code, RFC 6455 §7.4.1.</param>
/// <param name="Reason">A few words, at most 123 bytes.</param>
internal readonly record struct FrameViolation(ushort Code, string Reason);
