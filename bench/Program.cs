using BenchmarkDotNet.Running;

BenchmarkSwitcher.FromAssembly(typeof(Matrixd.Bench.WireBench).Assembly).Run(args);
