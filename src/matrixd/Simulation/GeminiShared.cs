namespace Matrixd.Simulation;

/// <summary>What all connections of one simulator share.</summary>
internal sealed record GeminiShared(
    GeminiSimulatorOptions Options, SimulationTime Time, GeminiTokenDesk Tokens, GeminiSessions Sessions, FaultBook Faults, SpeechSynthesis Speech);
