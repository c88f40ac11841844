namespace Matrixd.Benchmarks;

/// <summary>One run of <c>bench calls</c>: floor and daemon by turns, then more and more calls until a caller would notice.</summary>
internal sealed class BenchRun(BenchPlan plan, BenchTable table, CancellationToken stopping)
{
    // Once the line is broken, what lies between is halved so often: a sixteenth of the last stride is near enough.
    private const int Halvings = 3;

    private readonly List<BenchStep> _steps = [];
    private readonly List<BenchStep> _floor = [];
    private readonly List<BenchPair> _pairs = [];

    /// <returns>What was found, but for what is known of the machine.</returns>
    /// <exception cref="BenchException">A process of the bench failed.</exception>
    public async Task<BenchReport> RunAsync()
    {
        if (plan.Floor.Length > 0)
        {
            await MeasurePairsAsync();
        }

        string limit = plan.Capacity ? await FindCapacityAsync() : "";
        if (plan.Floor.Length > 0 && plan.Capacity)
        {
            await MeasureFloorAsync();
        }

        return new BenchReport
        {
            Seconds = plan.Seconds,
            Generator = (plan.Load.Length > 0 ? Path.GetFileName(plan.Load) : "built in") + (plan.Busy || plan.LoadFirst ? ", in real time" : ""),
            Steps = [.. _steps.OrderBy(step => step.Calls)],
            Floor = _floor,
            Pairs = _pairs,
            CallsPerCore = _steps.Where(step => step.Breaks.Count == 0).Select(step => step.Calls).DefaultIfEmpty().Max(),
            LimitedBy = limit,
        };
    }

    private async Task MeasurePairsAsync()
    {
        for (int i = 0; i < plan.Pairs; i++)
        {
            BenchStep floor = await OnceAsync(floor: true);
            BenchStep daemon = await OnceAsync(floor: false);
            _pairs.Add(new BenchPair { Floor = floor, Daemon = daemon });
            table.Pair(_pairs[^1]);
        }
    }

    private async Task<BenchStep> OnceAsync(bool floor)
    {
        await using BenchRig rig = await BenchRig.StartAsync(plan, floor, stopping);
        return await rig.MeasureAsync(plan.PairCalls, plan.Seconds, stopping);
    }

    private async Task<string> FindCapacityAsync()
    {
        await using BenchRig rig = await BenchRig.StartAsync(plan, floor: false, stopping);
        int good = 0;
        foreach (int calls in plan.Steps)
        {
            BenchStep step = await StepAsync(rig, calls);
            if (step.Breaks.Count == 0)
            {
                good = calls;
                continue;
            }

            if (step.LoadLate)
            {
                return "load";
            }

            await HalveAsync(rig, good, calls);
            return "quality";
        }

        return "max";
    }

    private async Task HalveAsync(BenchRig rig, int good, int broken)
    {
        for (int i = 0; i < Halvings && broken - good > 10; i++)
        {
            int between = (good + broken) / 20 * 10; // in tens
            if (between <= good)
            {
                return;
            }

            if ((await StepAsync(rig, between)).Breaks.Count == 0)
            {
                good = between;
            }
            else
            {
                broken = between;
            }
        }
    }

    // What breaks is measured once more: a machine has moments of its own.
    private async Task<BenchStep> StepAsync(BenchRig rig, int calls)
    {
        BenchStep step = await rig.MeasureAsync(calls, plan.Seconds, stopping);
        if (step.Breaks.Count > 0 || step.LoadLate)
        {
            table.Step(step, "once more");
            step = await rig.MeasureAsync(calls, plan.Seconds, stopping);
        }

        table.Step(step, "");
        _steps.Add(step);
        return step;
    }

    private async Task MeasureFloorAsync()
    {
        await using BenchRig rig = await BenchRig.StartAsync(plan, floor: true, stopping);
        foreach (int calls in _steps.Select(step => step.Calls).Order())
        {
            _floor.Add(await rig.MeasureAsync(calls, plan.Seconds, stopping));
            table.Step(_floor[^1], "floor");
        }
    }
}
