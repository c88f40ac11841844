using Microsoft.Extensions.Hosting;

namespace Matrixd.Simulation;

/// <summary>Keeps a web host's hands off the process's signals: whoever started the simulator stops it.</summary>
internal sealed class NoLifetime : IHostLifetime
{
    public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
