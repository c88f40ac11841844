namespace Matrixd.Diagnostics;

/// <summary>One file of lines, readable by the daemon's user alone. Belongs to the writer's thread.</summary>
internal sealed class TapeFile : IDisposable
{
    // What is gathered for one write.
    private const int BufferSize = 64 * 1024;

    private readonly FileStream _stream;

    /// <exception cref="IOException">It is there already, or cannot be made.</exception>
    public TapeFile(string path)
    {
        Path = path;
        _stream = new FileStream(path, new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            Share = FileShare.Read,
            BufferSize = BufferSize,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        });
    }

    public string Path { get; }

    /// <summary>Bytes given so far.</summary>
    public long Length { get; private set; }

    public void Append(ReadOnlySpan<byte> line)
    {
        _stream.Write(line);
        Length += line.Length;
    }

    public void Flush() => _stream.Flush();

    public void Dispose() => _stream.Dispose();

    /// <summary>Lets go of the file without another try to write what is left.</summary>
    public void Abandon() => _stream.SafeFileHandle.Dispose();
}
