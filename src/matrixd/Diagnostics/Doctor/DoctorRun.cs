using Matrixd.Config;

namespace Matrixd.Diagnostics.Doctor;

/// <summary>Runs the checks one by one, each within its time, whatever became of the others.</summary>
internal sealed class DoctorRun(DoctorSubject subject, DoctorPrinter printer, IEnumerable<DoctorCheck> checks)
{
    // For a check that does not let go when it is told to: it is left behind, and the process ends before long.
    private static readonly TimeSpan s_grace = TimeSpan.FromSeconds(1);

    private readonly Dictionary<string, CheckVerdict> _verdicts = new(StringComparer.Ordinal);

    public async Task<DoctorOutcome> RunAsync(CancellationToken cancelled)
    {
        foreach (DoctorCheck check in checks)
        {
            long started = subject.Clock.GetTimestamp();
            CheckResult result = Obstacle(check) is { } obstacle ? CheckResult.Skipped(obstacle) : await TryAsync(check, cancelled);
            _verdicts[check.Name] = result.Verdict;
            await printer.PrintAsync(check.Name, result, subject.Clock.GetElapsedTime(started));
        }

        DoctorOutcome outcome = new(
            Count(CheckVerdict.Fine), Count(CheckVerdict.Note), Count(CheckVerdict.Broken), Count(CheckVerdict.Skipped), ConfigBroken: subject.Problems.Count > 0);
        await printer.PrintAsync(outcome);
        return outcome;
    }

    private int Count(CheckVerdict verdict) => _verdicts.Values.Count(v => v == verdict);

    private string? Obstacle(DoctorCheck check)
    {
        if (check.NeedsConfig && subject.Loaded is null)
        {
            return "there is no configuration that can be read";
        }

        string? missing = check.Needs.FirstOrDefault(need => _verdicts.TryGetValue(need, out CheckVerdict verdict) && verdict is CheckVerdict.Broken or CheckVerdict.Skipped);
        return missing is null ? null : $"it needs what \"{missing}\" asks for";
    }

    private async Task<CheckResult> TryAsync(DoctorCheck check, CancellationToken cancelled)
    {
        using var late = new CancellationTokenSource(check.Limit, subject.Clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancelled, late.Token);
        try
        {
            return await check.RunAsync(either.Token).WaitAsync(check.Limit + s_grace, subject.Clock, cancelled);
        }
        catch (Exception e) when (!cancelled.IsCancellationRequested && e is OperationCanceledException or TimeoutException)
        {
            return CheckResult.Broken($"no end within {check.Limit.TotalSeconds:0} s", "try again; if it stays so, something between swallows what is sent: look at firewall and proxy");
        }
#pragma warning disable CA1031 // the root of a check: whatever it meets is its result, and the others are asked all the same
        catch (Exception e) when (!cancelled.IsCancellationRequested)
#pragma warning restore CA1031
        {
            return CheckResult.Broken($"unforeseen: {e.GetType().Name}: {Exotel.ExotelText.Plain(e.Message)}", "report this line");
        }
    }
}

/// <param name="ConfigBroken">The configuration has errors: the daemon would not start.</param>
internal sealed record DoctorOutcome(int Fine, int Notes, int Broken, int Skipped, bool ConfigBroken);
