namespace Matrixd.Simulation;

/// <summary>One turn of the model, as samples of what it said.</summary>
/// <param name="Interrupted">The caller talked over it.</param>
internal readonly record struct SaidTurn(int Start, int Length, bool Interrupted);
