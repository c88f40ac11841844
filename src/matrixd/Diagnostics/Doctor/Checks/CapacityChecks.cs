using System.Globalization;
using Matrixd.Config;

namespace Matrixd.Diagnostics.Doctor;

/// <summary>Whether the machine carries the calls that the configuration lets in.</summary>
internal static class CapacityChecks
{
    // Exotel's socket, Gemini's, the recording, and now and then a tool's.
    private const int FilesOfCall = 4;

    // Listeners, the store and its readers, the log, certificates, and requests to the API.
    private const int FilesOfDaemon = 128;

    // Buffers of both sockets, TLS, playout and what is kept for the model; an estimate with room.
    private const long MemoryOfCall = 512 * 1024;
    private const long MemoryOfDaemon = 96L * 1024 * 1024;

    public static CheckResult Files(DoctorSubject subject)
    {
        int calls = subject.Config.Calls.MaxCalls;
        long needed = FilesOfDaemon + ((long)calls * FilesOfCall);
        if (subject.Machine.Files is not { } most)
        {
            return CheckResult.Note("the limit is not known on this system");
        }

        string limit = most == long.MaxValue ? "without limit" : string.Create(CultureInfo.InvariantCulture, $"{most} at most");
        string text = string.Create(CultureInfo.InvariantCulture, $"{limit} for a process started here; {calls} calls need {needed}");
        return most >= needed ? CheckResult.Fine(text) : CheckResult.Broken(text, $"LimitNOFILE={needed} in the unit (or ulimit -n), or a lower [server] max_calls");
    }

    public static CheckResult Memory(DoctorSubject subject)
    {
        int calls = subject.Config.Calls.MaxCalls;
        long needed = MemoryOfDaemon + (calls * MemoryOfCall);
        if (subject.Machine.Memory is not { } most)
        {
            return CheckResult.Note("the limit is not known on this system");
        }

        string text = string.Create(CultureInfo.InvariantCulture, $"{most / 1048576} MiB by {subject.Machine.MemoryFrom}; {calls} calls need about {needed / 1048576} MiB");
        return most >= needed ? CheckResult.Fine(text) : CheckResult.Broken(text, "MemoryMax= in the unit, a larger machine, or a lower [server] max_calls");
    }

    public static CheckResult Calls(DoctorSubject subject)
    {
        DaemonConfig config = subject.Config;
        int calls = config.Calls.MaxCalls;
        MeasuredCalls? measured = MeasuredCalls.Read(config.StorePath);
        int carries = measured is { } found ? found.Calls(subject.Machine.Processors) : MeasuredCalls.Estimate(subject.Machine.Processors);
        string basis = measured is { } bench
            ? string.Create(CultureInfo.InvariantCulture, $"measured here, {bench.CallsPerCore:0} a core on {subject.Machine.Processors}")
            : string.Create(CultureInfo.InvariantCulture, $"an estimate, {MeasuredCalls.EstimatePerCore} a core on {subject.Machine.Processors}; matrixd bench calls measures it");
        int most = config.Gemini.MaxSessions > 0 ? Math.Min(calls, config.Gemini.MaxSessions) : calls;
        string text = string.Create(CultureInfo.InvariantCulture, $"about {carries} calls at the same time ({basis}); the configuration lets {most} in");
        return most <= carries ? CheckResult.Fine(text) : CheckResult.Note(text, string.Create(CultureInfo.InvariantCulture, $"set [server] max_calls = {carries}: beyond, every caller hears it"));
    }
}
