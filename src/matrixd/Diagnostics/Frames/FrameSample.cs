using System.Text.Json;

namespace Matrixd.Diagnostics;

/// <summary>One message of a file of frames.</summary>
/// <param name="Connection">Messages of one connection have the same; their order means something.</param>
/// <param name="Op">text or binary.</param>
internal readonly record struct FrameSample(FrameSide Side, string Connection, string Op, JsonElement Json);
