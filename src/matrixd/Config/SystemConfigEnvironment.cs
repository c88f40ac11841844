namespace Matrixd.Config;

/// <summary>The process's own environment and files.</summary>
internal sealed class SystemConfigEnvironment : IConfigEnvironment
{
    private const UnixFileMode Others = UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    public int Processors => Environment.ProcessorCount;

    public DateTimeOffset Now => TimeProvider.System.GetUtcNow();

    public string? Variable(string name) => Environment.GetEnvironmentVariable(name);

    public ConfigFile Read(string path, int maxBytes)
    {
        try
        {
            if (Directory.Exists(path))
            {
                return new ConfigFile { Failure = "is a directory" };
            }

            using FileStream stream = File.OpenRead(path);
            byte[] buffer = new byte[maxBytes + 1];
            int length = stream.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
            UnixFileMode? mode = OperatingSystem.IsWindows() ? null : File.GetUnixFileMode(stream.SafeFileHandle);
            return new ConfigFile { Bytes = buffer[..Math.Min(length, maxBytes)], Truncated = length > maxBytes, Mode = mode, OpenToOthers = (mode & Others) is > 0 };
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return ConfigFile.Missing;
        }
        catch (UnauthorizedAccessException)
        {
            return new ConfigFile { Failure = $"may not be read by user {Environment.UserName}" };
        }
        catch (Exception e) when (e is IOException or ArgumentException or NotSupportedException)
        {
            return new ConfigFile { Failure = "cannot be read: " + e.Message };
        }
    }
}
