using System.Globalization;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Matrixd.Storage;

/// <summary>The right to write to one database file: an flock on the file beside it.</summary>
/// <remarks>The kernel releases it when the process dies, however it dies. The file stays, with the process id of its last holder; removing it could let two in.</remarks>
internal sealed class StoreLock : IDisposable
{
    private readonly SafeFileHandle _file;

    private StoreLock(SafeFileHandle file) => _file = file;

    /// <summary>Takes the lock of the database at <paramref name="databasePath"/>, or throws <see cref="StorageException"/>.</summary>
    public static StoreLock Take(string databasePath)
    {
        string path = databasePath + ".lock";
        SafeFileHandle file = OpenFile(path, databasePath);
        try
        {
            if (!Posix.TryLock(file))
            {
                throw new StorageException($"The store {databasePath} is in use by {Holder(file)}: stop that matrixd first, or give this one another [store] path.");
            }

            File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            byte[] id = Encoding.ASCII.GetBytes(Environment.ProcessId.ToString(CultureInfo.InvariantCulture) + "\n");
            RandomAccess.SetLength(file, 0);
            RandomAccess.Write(file, id, 0);
            return new StoreLock(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            file.Dispose();
            throw new StorageException($"The lock file {path} cannot be taken ({e.Message}): the file system must support flock and have room.", e);
        }
        catch (StorageException)
        {
            file.Dispose();
            throw;
        }
    }

    public void Dispose() => _file.Dispose();

    private static SafeFileHandle OpenFile(string path, string databasePath)
    {
        try
        {
            return Posix.Open(path, Posix.OpenReadWrite | Posix.OpenCreate, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }
        catch (IOException e)
        {
            throw new StorageException($"The store {databasePath} cannot be used: its lock file {path} cannot be written ({e.Message}). Make the directory writable for this user.", e);
        }
    }

    private static string Holder(SafeFileHandle file)
    {
        Span<byte> text = stackalloc byte[16];
        int read = RandomAccess.Read(file, text, 0);
        string id = Encoding.ASCII.GetString(text[..read]).Trim();
        return int.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out int pid) ? $"process {pid}" : "another process";
    }
}
