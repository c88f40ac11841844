using Matrixd.Config;
using Matrixd.Diagnostics.Doctor;
using Matrixd.Simulation;

namespace Matrixd.Hosting;

/// <summary><c>matrixd doctor</c>: tries everything that a call needs, and says how to mend what does not work.</summary>
internal static class DoctorCommand
{
    public static async Task<int> RunAsync(string[] args, TextWriter stdout, CancellationToken cancelled)
    {
        string path = Commands.DefaultConfig;
        bool json = false;
        CommandLine flags = new(args);
        while (flags.Next())
        {
            switch (flags.Flag)
            {
                case "--config": path = flags.Text(); break;
                case "--json": json = true; break;
                default: throw flags.Unknown();
            }
        }

        using DoctorSubject subject = DoctorSubject.Open(path, new SystemConfigEnvironment(), MachineFacts.Read(), TimeProvider.System);
        DoctorOutcome outcome = await new DoctorRun(subject, new DoctorPrinter(stdout, json, subject.Shade), DoctorChecks.Of(subject)).RunAsync(cancelled);
        return outcome.ConfigBroken ? Commands.Usage : outcome.Broken > 0 ? Commands.Failed : Commands.Done;
    }
}
