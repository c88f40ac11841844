using Matrixd.Storage;

namespace Matrixd.Diagnostics.Doctor;

/// <summary>Is the database whole: read only, beside a running daemon or without one.</summary>
internal static class StoreCheckup
{
    /// <summary>For <see cref="MostChecked"/> on a slow disk.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    // Every page is read; more takes minutes and the disk's whole breath.
    private const long MostChecked = 1024L * 1024 * 1024;

    public static Func<CancellationToken, Task<CheckResult>> Of(DoctorSubject subject) => async cancelled =>
    {
        string path = Path.GetFullPath(subject.Config.StorePath);
        FileInfo file = new(path);
        if (!file.Exists)
        {
            return CheckResult.Note($"there is no {path} yet: the daemon makes it at its first start");
        }

        if (file.Length > MostChecked)
        {
            return CheckResult.Note($"{path} is {file.Length / 1024 / 1024} MiB: too large to be read whole here", "check a backup of it with sqlite3's quick_check");
        }

        try
        {
            int version = await Task.Run(() => StoreCheck.Diagnose(path), cancelled);
            return CheckResult.Fine($"{path}: whole, schema version {version}, {Math.Max(1, file.Length / 1024)} KiB");
        }
        catch (StorageException e)
        {
            int colon = e.Message.LastIndexOf(": ", StringComparison.Ordinal);
            return colon < 0 ? CheckResult.Broken(e.Message, "see above") : CheckResult.Broken(e.Message[..colon], e.Message[(colon + 2)..]);
        }
    };
}
