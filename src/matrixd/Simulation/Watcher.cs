namespace Matrixd.Simulation;

/// <summary>Lets a test wait, with a limit, for something that a simulator's threads bring about.</summary>
/// <remarks>Any thread. Conditions are evaluated by whoever pulses and must take the locks they need themselves.</remarks>
internal sealed class Watcher
{
    /// <summary>Longest wait unless told otherwise: far beyond what loopback needs on a busy machine, short of a test run's patience.</summary>
    public static readonly TimeSpan DefaultLimit = TimeSpan.FromSeconds(10);

    private readonly Lock _gate = new(); // several tests' threads add while the simulator's thread pulses
    private readonly List<(Func<bool> Condition, TaskCompletionSource Done)> _waiting = [];

    /// <summary>Completes once <paramref name="condition"/> holds.</summary>
    /// <exception cref="TimeoutException">It did not hold within <paramref name="limit"/>.</exception>
    public async Task WaitAsync(Func<bool> condition, string what, TimeSpan? limit = null)
    {
        TaskCompletionSource done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            _waiting.Add((condition, done));
        }

        Pulse(); // it may hold already
        try
        {
            await done.Task.WaitAsync(limit ?? DefaultLimit);
        }
        catch (TimeoutException)
        {
            throw new TimeoutException($"waited {(limit ?? DefaultLimit).TotalSeconds:0.#} s for: {what}");
        }
        finally
        {
            lock (_gate)
            {
                _waiting.RemoveAll(w => w.Done == done);
            }
        }
    }

    /// <summary>Something changed: every condition is looked at again.</summary>
    public void Pulse()
    {
        (Func<bool> Condition, TaskCompletionSource Done)[] waiting;
        lock (_gate)
        {
            if (_waiting.Count == 0)
            {
                return;
            }

            waiting = [.. _waiting];
        }

        foreach ((Func<bool> condition, TaskCompletionSource done) in waiting)
        {
            if (condition())
            {
                done.TrySetResult();
            }
        }
    }
}
