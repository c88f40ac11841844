using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Matrixd.Storage;

/// <summary>The database as a file: its directory, owner, mode and first bytes. Knows no SQL; every method throws <see cref="StorageException"/>.</summary>
internal static class StoreFile
{
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode PrivateDirectory = Private | UnixFileMode.UserExecute;

    // Source: https://www.sqlite.org/fileformat.html#the_database_header
    private const int HeaderBytes = 100;
    private static readonly byte[] s_magic = Encoding.ASCII.GetBytes("SQLite format 3\0");

    /// <summary>What SQLite keeps beside the file.</summary>
    private static readonly string[] s_companions = ["-wal", "-shm", "-journal"];

    public static string LogOf(string path) => path + "-wal";

    /// <summary>Creates the directory where it is missing: nobody else reads calls.</summary>
    public static void PrepareDirectory(string path)
    {
        string directory = Path.GetDirectoryName(path)!;
        try
        {
            if (!Directory.Exists(directory))
            {
                Directory.CreateDirectory(directory, PrivateDirectory);
                File.SetUnixFileMode(directory, PrivateDirectory);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StorageException($"The directory {directory} of the store cannot be made ({e.Message}): make it by hand, owned by the user that matrixd runs as.", e);
        }

        if (Directory.Exists(path))
        {
            throw new StorageException($"The store {path} is a directory: [store] path names the file in it.");
        }
    }

    /// <summary>A log without its database means that somebody moved the database: an empty one must not take its place.</summary>
    public static void RefuseOrphans(string path)
    {
        foreach (string companion in s_companions.Select(suffix => path + suffix))
        {
            if (File.Exists(companion) && new FileInfo(companion).Length > 0)
            {
                throw new StorageException($"The store {path} is missing, yet {companion} is there: bring the database back beside it, or move that file away to start with an empty store.");
            }
        }
    }

    /// <summary>Looks at a file before SQLite does: owner, length, first bytes. Makes its mode 0600.</summary>
    public static void Inspect(string path)
    {
        try
        {
            Own(path);
            foreach (string companion in s_companions.Select(suffix => path + suffix).Where(File.Exists))
            {
                Own(companion);
            }

            RefuseForeignBytes(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StorageException($"The store {path} cannot be read ({e.Message}): it must belong to the user that matrixd runs as.", e);
        }
    }

    /// <summary>Makes an empty file of mode 0600, whatever the umask; SQLite gives its companions the same mode.</summary>
    public static void MakeEmpty(string path)
    {
        try
        {
            File.Delete(path);
            Array.ForEach(s_companions, suffix => File.Delete(path + suffix));
            using SafeFileHandle file = Posix.Open(path, Posix.OpenReadWrite | Posix.OpenCreate, Private);
            File.SetUnixFileMode(file, Private);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StorageException($"The new store {path} cannot be made ({e.Message}): the directory must be writable and have room.", e);
        }
    }

    /// <summary>Puts a finished file in its place, for good.</summary>
    public static void MoveIntoPlace(string made, string path)
    {
        try
        {
            File.Move(made, path, overwrite: false);
            Posix.SyncDirectory(Path.GetDirectoryName(path)!);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StorageException($"The new store {made} cannot be renamed to {path} ({e.Message}).", e);
        }
    }

    private static void Own(string path)
    {
        uint owner = Posix.OwnerOf(path);
        uint user = Posix.EffectiveUser();
        if (owner != user)
        {
            throw new StorageException($"The store's file {path} belongs to user id {owner}, matrixd runs as {user}: run it as that user, or chown the file.");
        }

        if (File.GetUnixFileMode(path) != Private)
        {
            File.SetUnixFileMode(path, Private);
        }
    }

    private static void RefuseForeignBytes(string path)
    {
        // Closed before SQLite opens the file: a close of any handle drops the whole process's locks on it.
        using SafeFileHandle file = Posix.Open(path, Posix.OpenReadOnly, UnixFileMode.None);
        byte[] header = new byte[HeaderBytes];
        int read = RandomAccess.Read(file, header, 0);
        if (read == 0)
        {
            throw new StorageException($"The store {path} is empty (0 bytes), and matrixd never leaves one so: restore a backup over it, or delete it to start with an empty store.");
        }

        if (read < HeaderBytes || !header.AsSpan().StartsWith(s_magic))
        {
            throw new StorageException($"The store {path} is not a database: restore a backup over it, or let [store] path name another file.");
        }
    }
}
