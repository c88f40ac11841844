namespace Matrixd.Simulation.Kernels;

/// <summary>What one kernel took.</summary>
/// <param name="Name">Of the kernel.</param>
/// <param name="Samples">Of a block.</param>
/// <param name="FastestNanoseconds">For one block, in the fastest batch: what the machine can do.</param>
/// <param name="MedianNanoseconds">For one block, in the median batch: what it did beside everything else.</param>
/// <param name="AllocatedBytes">For one block.</param>
internal sealed record KernelFigure(string Name, int Samples, double FastestNanoseconds, double MedianNanoseconds, double AllocatedBytes);
