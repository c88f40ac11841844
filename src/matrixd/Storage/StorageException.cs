namespace Matrixd.Storage;

/// <summary>The store cannot do what was asked. The message is one line for operators: what, which file, what to do.</summary>
/// <remarks>Thrown by <see cref="Database.Open"/> it stops the daemon (exit code 2); later it fails one write or read, and the daemon goes on.</remarks>
internal sealed class StorageException : Exception
{
    public StorageException(string message)
        : base(message)
    {
    }

    public StorageException(string message, Exception cause)
        : base(message, cause)
    {
    }
}
