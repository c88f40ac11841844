namespace Matrixd.Simulation.Kernels;

/// <summary>One thing that is done with each 20 ms of audio.</summary>
/// <param name="Name">What, and at which rates [kHz].</param>
/// <param name="Samples">Of the block it is given.</param>
/// <param name="Run">Does it once; what it returns is of no meaning, but keeps it from being left out.</param>
internal sealed record KernelCase(string Name, int Samples, Func<int> Run);
