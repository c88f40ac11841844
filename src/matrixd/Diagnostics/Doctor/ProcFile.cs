namespace Matrixd.Diagnostics.Doctor;

/// <summary>Small files of the kernel.</summary>
internal static class ProcFile
{
    /// <summary>Empty where it is not there, or may not be read.</summary>
    public static IReadOnlyList<string> Lines(string path)
    {
        try
        {
            return File.ReadAllLines(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
