namespace Matrixd.Storage;

/// <summary>What the previous process left behind, and was put right.</summary>
/// <param name="Crashed">Calls that were live when the previous process ended.</param>
/// <param name="NeverConnected">Calls that no stream came for.</param>
internal readonly record struct RestartReport(int Crashed, int NeverConnected);
