using System.Globalization;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Matrixd.Storage;

/// <summary>The right to write to one database file: an flock on the file beside it.</summary>
/// <remarks>
/// The kernel releases it when the process dies, however it dies. The file stays; removing it could let two in. It says who holds it, and the number of the
/// commit that the main file is known to have: an older main file beside a write-ahead log is a backup that was put back without moving the log away.
/// </remarks>
internal sealed class StoreLock : IDisposable
{
    private readonly SafeFileHandle _file;

    private StoreLock(SafeFileHandle file, long leastCommit)
    {
        _file = file;
        LeastCommit = leastCommit;
    }

    /// <summary>What the previous holder knew the main file to have; 0: nothing is known.</summary>
    public long LeastCommit { get; }

    /// <summary>Takes the lock of the database at <paramref name="databasePath"/>, or throws <see cref="StorageException"/>.</summary>
    public static StoreLock Take(string databasePath)
    {
        string path = databasePath + ".lock";
        SafeFileHandle file = OpenFile(path, databasePath);
        try
        {
            bool taken = Posix.TryLock(file);
            (long process, long commit) = Read(file);
            if (!taken)
            {
                string holder = process > 0 ? string.Create(CultureInfo.InvariantCulture, $"process {process}") : "another process";
                throw new StorageException($"The store {databasePath} is in use by {holder}: stop that matrixd first, or give this one another [store] path.");
            }

            File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            StoreLock held = new(file, commit);
            held.Record(commit);
            return held;
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

    /// <summary>Notes a commit that the main file has on disk.</summary>
    public void Record(long commit)
    {
        byte[] text = Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{Environment.ProcessId} {commit}\n"));
        RandomAccess.SetLength(_file, 0);
        RandomAccess.Write(_file, text, 0);
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

    private static (long Process, long Commit) Read(SafeFileHandle file)
    {
        Span<byte> text = stackalloc byte[64];
        int read = RandomAccess.Read(file, text, 0);
        string[] words = Encoding.ASCII.GetString(text[..read]).Trim().Split(' ');
        return (Number(words, 0), Number(words, 1));
    }

    private static long Number(string[] words, int at) =>
        at < words.Length && long.TryParse(words[at], NumberStyles.None, CultureInfo.InvariantCulture, out long number) ? number : 0;
}
