namespace Matrixd.Simulation;

/// <summary>The faults of one simulator, and how often each may still strike.</summary>
/// <remarks>Any thread; the counts are atomic.</remarks>
internal sealed class FaultBook(IReadOnlyList<FaultSpec> faults)
{
    private readonly int[] _left = [.. faults.Select(f => f.Times)];

    /// <summary>Takes every fault of <paramref name="stage"/> that may still strike.</summary>
    /// <param name="struck">The faults that this session has had: a session is struck once by each, so that what resumes can go on.</param>
    /// <param name="http">Those that strike an HTTP request; else those that strike a WebSocket.</param>
    public List<FaultSpec> Take(FaultStage stage, bool http, HashSet<FaultSpec>? struck = null)
    {
        List<FaultSpec> taken = [];
        for (int i = 0; i < faults.Count; i++)
        {
            if (faults[i].Stage == stage && faults[i].StrikesHttp == http && struck?.Contains(faults[i]) != true && Spend(i))
            {
                struck?.Add(faults[i]);
                taken.Add(faults[i]);
            }
        }

        return taken;
    }

    private bool Spend(int index)
    {
        int left = Volatile.Read(ref _left[index]);
        while (left > 0)
        {
            int seen = Interlocked.CompareExchange(ref _left[index], left - 1, left);
            if (seen == left)
            {
                return true;
            }

            left = seen;
        }

        return false;
    }
}
