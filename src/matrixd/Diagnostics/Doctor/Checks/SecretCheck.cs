using Matrixd.Config;

namespace Matrixd.Diagnostics.Doctor;

/// <summary>Each secret: is it there, and who may read it.</summary>
internal static class SecretCheck
{
    public const string GeminiKey = "gemini.api_key";

    private const UnixFileMode Others = UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    /// <summary>Those that are set, and the one without which there is no call.</summary>
    public static IEnumerable<SecretSource> Listed(DoctorSubject subject) =>
        subject.Loaded is null ? [] : subject.Loaded.Secrets.Where(secret => secret.Origin != SecretOrigin.None || secret.Key == GeminiKey);

    public static string NameOf(string key) => key.Replace('.', ' ').Replace('_', ' ');

    public static CheckResult Run(DoctorSubject subject, SecretSource secret)
    {
        string key = secret.Key[(secret.Key.IndexOf('.', StringComparison.Ordinal) + 1)..];
        return secret switch
        {
            { Origin: SecretOrigin.None } => CheckResult.Broken("there is no Gemini API key", $"give one of: {key}_file, the variable {ConfigSecrets.GeminiVariable}, or the systemd credential gemini-key"),
            { Failure.Length: > 0 } => CheckResult.Broken($"{secret.Path} {secret.Failure}", $"put the secret into {secret.Path}, readable for the user that matrixd runs as"),
            { Origin: SecretOrigin.Variable } => CheckResult.Fine($"from the variable {secret.Path}"),
            { Origin: SecretOrigin.Credential } => CheckResult.Fine($"from the systemd credential {secret.Path}{Octal(secret.Mode)}"),
            { Origin: SecretOrigin.Inline } => Inline(subject, key),
            { Mode: { } mode } when (mode & Others) != 0 => CheckResult.Note($"{secret.Path}{Octal(mode)}: every user of this machine can read it", $"chmod o= {secret.Path}"),
            _ => CheckResult.Fine($"{secret.Path}{Octal(secret.Mode)}"),
        };
    }

    private static CheckResult Inline(DoctorSubject subject, string key)
    {
        UnixFileMode? mode = subject.Environment.Read(subject.Path, 1).Mode;
        return (mode & Others) is > 0
            ? CheckResult.Note($"in {subject.Path} itself{Octal(mode)}, which every user of this machine can read", $"use {key}_file, or chmod o= {subject.Path}")
            : CheckResult.Fine($"in {subject.Path} itself{Octal(mode)}");
    }

    private static string Octal(UnixFileMode? mode) => mode is { } known ? $", mode 0{Convert.ToString((int)known, 8)}" : "";
}
