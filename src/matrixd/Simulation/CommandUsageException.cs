namespace Matrixd.Simulation;

/// <summary>A command line that cannot be obeyed; the message says what, the value, and what to do. Exit code 2.</summary>
internal sealed class CommandUsageException(string message) : Exception(message);
