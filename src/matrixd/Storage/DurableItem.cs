namespace Matrixd.Storage;

/// <summary>A write that somebody awaits; its task completes when it is on disk.</summary>
internal sealed class DurableItem<T>(Func<StoreConnection, T> work, bool stays) : WriteItem
{
    // Asynchronously: whoever awaits must not run on the writer thread.
    private readonly TaskCompletionSource<T> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private T? _result;

    public override bool IsLog => false;

    public override bool Stays => stays;

    public Task<T> Done => _done.Task;

    public override void Run(StoreConnection connection) => _result = work(connection);

    public override void Complete() => _done.TrySetResult(_result!);

    public override void Fail(Exception cause) =>
        _done.TrySetException(cause as StorageException ?? new StorageException($"A write to the store failed: {cause.Message}", cause));
}
