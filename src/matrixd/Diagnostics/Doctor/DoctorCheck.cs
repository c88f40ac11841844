namespace Matrixd.Diagnostics.Doctor;

/// <summary>One question to the installation. Checks know nothing of each other but what they need.</summary>
/// <param name="Name">As it is printed, and as others need it.</param>
/// <param name="RunAsync">Asks. Ends soon after its token fires.</param>
/// <param name="Needs">Checks without whose success this one cannot be tried.</param>
internal sealed record DoctorCheck(string Name, Func<CancellationToken, Task<CheckResult>> RunAsync, params string[] Needs)
{
    /// <summary>Enough for a name, a handshake and an answer, each at its own timeout; a check with more to do says so.</summary>
    public TimeSpan Limit { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>False: it asks the machine alone, and runs without any configuration.</summary>
    public bool NeedsConfig { get; init; } = true;

    public static DoctorCheck OfMachine(string name, Func<CheckResult> run) => new(name, _ => Task.FromResult(run())) { NeedsConfig = false };

    public static DoctorCheck At(string name, Func<CheckResult> run, params string[] needs) => new(name, _ => Task.FromResult(run()), needs);
}
