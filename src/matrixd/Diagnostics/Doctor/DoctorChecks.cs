using Matrixd.Config;

namespace Matrixd.Diagnostics.Doctor;

/// <summary>The questions, in the order in which one stands on the other.</summary>
internal static class DoctorChecks
{
    public const string Dns = "DNS of Gemini";
    public const string Tls = "TLS to Gemini";
    public const string Mint = "token";

    public static IEnumerable<DoctorCheck> Of(DoctorSubject subject)
    {
        yield return new DoctorCheck("configuration", _ => Task.FromResult(ConfigCheck.Run(subject))) { NeedsConfig = false };
        foreach (SecretSource secret in SecretCheck.Listed(subject))
        {
            yield return DoctorCheck.At(SecretCheck.NameOf(secret.Key), () => SecretCheck.Run(subject, secret));
        }

        string key = SecretCheck.NameOf(SecretCheck.GeminiKey);
        yield return new DoctorCheck("proxy", ProxyCheck.Of(subject));
        yield return new DoctorCheck(Dns, DnsCheck.Of(subject));
        yield return new DoctorCheck(Tls, TlsCheck.Of(subject), Dns);
        yield return DoctorCheck.At("ALPN", () => AlpnCheck.Run(subject), Dns);
        yield return new DoctorCheck("clock", ClockCheck.Of(subject), Tls);
        foreach (string model in LiveChecks.Models(subject))
        {
            yield return new DoctorCheck($"model {model}", ModelCheckup.Of(subject, model), Tls, key);
        }

        yield return new DoctorCheck(Mint, MintCheck.Of(subject), Tls, key);
        foreach (LiveTrial trial in LiveChecks.Trials(subject))
        {
            // As long as a dial with all its timeouts, the wait for setupComplete, and the frame behind it can take.
            yield return new DoctorCheck($"session {trial.Name}", LiveChecks.Of(subject, trial), Mint) { Limit = TimeSpan.FromSeconds(30) };
        }

        yield return new DoctorCheck("Exotel API", ExotelCheck.Of(subject));
        yield return new DoctorCheck("public URL", PublicUrlCheck.Of(subject)) { Limit = TimeSpan.FromSeconds(25) };
        yield return DoctorCheck.At("certificate", () => CertificateCheck.Run(subject));
        yield return DoctorCheck.At("disk", () => DiskCheck.Run(subject));
        yield return DoctorCheck.OfMachine("SQLite", () => RuntimeChecks.Sqlite(subject.Machine));
        yield return new DoctorCheck("store", StoreCheckup.Of(subject)) { Limit = StoreCheckup.Limit };
        yield return DoctorCheck.OfMachine(".NET", () => RuntimeChecks.Framework(subject.Machine, subject.Clock));
        yield return DoctorCheck.At("open files", () => CapacityChecks.Files(subject));
        yield return DoctorCheck.At("memory", () => CapacityChecks.Memory(subject));
        yield return DoctorCheck.At("capacity", () => CapacityChecks.Calls(subject));
    }
}
