using Matrixd.Calls;

namespace Matrixd.Tests.Support;

/// <summary>A disk that does what a test says, and keeps what it was asked for: "all", or a file's name.</summary>
internal sealed class CallsRecordingDisk : IRecordingDisk
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    private readonly Lock _gate = new();
    private readonly List<string> _steps = [];
    private int _underWay;

    /// <summary>What a sync of all does; by default it succeeds.</summary>
    public Func<bool> All { get; set; } = () => true;

    /// <summary>What the sync of one file does; by default it succeeds.</summary>
    public Action<RecordingFile> One { get; set; } = _ => { };

    public bool IsDisposed { get; private set; }

    /// <summary>The most syncs of all that were under way at the same time.</summary>
    public int MostAtOnce { get; private set; }

    public string[] Steps
    {
        get
        {
            lock (_gate)
            {
                return [.. _steps];
            }
        }
    }

    public int Alls => Steps.Count(step => step == "all");

    /// <summary>Stands still until the test lets go; bounded, so that a test that fails ends.</summary>
    public static void Wait(ManualResetEventSlim gate)
    {
        if (!gate.Wait(s_patience))
        {
            throw new TimeoutException("the test never let the disk go on");
        }
    }

    public bool TrySyncAll()
    {
        lock (_gate)
        {
            _steps.Add("all");
            MostAtOnce = Math.Max(MostAtOnce, ++_underWay);
        }

        try
        {
            return All();
        }
        finally
        {
            lock (_gate)
            {
                _underWay--;
            }
        }
    }

    public void Sync(RecordingFile file)
    {
        lock (_gate)
        {
            _steps.Add(Path.GetFileNameWithoutExtension(file.Path));
        }

        One(file);
    }

    public void Dispose() => IsDisposed = true;
}
