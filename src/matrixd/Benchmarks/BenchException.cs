namespace Matrixd.Benchmarks;

/// <summary>The bench cannot go on: what it measures with, or what it measures, has failed. The message says which.</summary>
internal sealed class BenchException(string message, Exception? inner = null) : Exception(message, inner);
