namespace Matrixd.Transport.Loop;

/// <summary>Something that a connection goes through before bytes flow: its TCP connect, its TLS handshake.</summary>
internal abstract class LoopStep
{
    private readonly TaskCompletionSource _over = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes with the step, or fails as it failed.</summary>
    public Task Task => _over.Task;

    /// <summary>Goes on as far as it can. On the loop's thread.</summary>
    /// <returns>What to wait for, in epoll's terms; 0: the step is done.</returns>
    /// <exception cref="Exception">It failed; the connection is over.</exception>
    public abstract uint Advance(int fd);

    public void Finish() => _over.TrySetResult();

    public void Fail(Exception error) => _over.TrySetException(error);
}
