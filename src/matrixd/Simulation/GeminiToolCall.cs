namespace Matrixd.Simulation;

/// <summary>A tool that the simulated model calls.</summary>
/// <param name="Args">A JSON object.</param>
internal sealed record GeminiToolCall(string Name, string Args);
