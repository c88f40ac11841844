namespace Matrixd.Storage;

/// <summary>Space beside the database that is kept for the moment when the disk is full: given back, it lets calls end and turns be written until somebody frees more.</summary>
/// <remarks>Used by the opening thread, then by the writer thread alone.</remarks>
internal sealed class DiskReserve(string databasePath, long bytes)
{
    private readonly string _path = databasePath + ".reserve";

    /// <summary>Takes the space; false where there is none to take.</summary>
    public bool TryFill()
    {
        try
        {
            if (new FileInfo(_path) is { Exists: true } held && held.Length >= bytes)
            {
                return true;
            }

            // PreallocationSize reserves blocks; merely setting the length would make a hole.
            using FileStream file = new(_path, new FileStreamOptions
            {
                Mode = FileMode.Create,
                Access = FileAccess.Write,
                PreallocationSize = bytes,
                UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
            });
            file.SetLength(bytes);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            TryRelease();
            return false;
        }
    }

    /// <summary>Gives the space back; false where there was none.</summary>
    public bool TryRelease()
    {
        try
        {
            bool held = File.Exists(_path);
            File.Delete(_path);
            return held;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
