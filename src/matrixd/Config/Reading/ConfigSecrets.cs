using System.Text;

namespace Matrixd.Config;

/// <summary>Finds secrets: in the file itself, else in the file that <c>KEY_file</c> names, else in a variable, else among the credentials that systemd hands over.</summary>
internal static class ConfigSecrets
{
    public const string GeminiVariable = "MATRIXD_GEMINI_API_KEY";
    public const string CredentialsVariable = "CREDENTIALS_DIRECTORY";

    /// <summary>Far longer than any key or token [bytes].</summary>
    private const int MaxBytes = 16 * 1024;

    public static void Resolve(ConfigLoad load, ConfigSections sections)
    {
        Resolve(load, sections.Server, "server", ServerKeys.AdminToken, "", "admin-token");
        Resolve(load, sections.Exotel, "exotel", ExotelKeys.BasicPassword, "", "exotel-basic-password");
        Resolve(load, sections.Exotel, "exotel", ExotelKeys.ApiKey, "", "exotel-api-key");
        Resolve(load, sections.Exotel, "exotel", ExotelKeys.ApiToken, "", "exotel-api-token");
        Resolve(load, sections.Gemini, "gemini", GeminiKeys.ApiKey, GeminiVariable, "gemini-key");
    }

    private static void Resolve(ConfigLoad load, SectionValues section, string name, string key, string variable, string credential)
    {
        string secret = Find(load, section, name, key, variable, credential);
        section.Replace(key, secret);
        load.Add(new ConfigValue($"{name}.{key}", secret.Length == 0 ? "\"\"" : ConfigText.Hidden, secret));
    }

    private static string Find(ConfigLoad load, SectionValues section, string name, string key, string variable, string credential)
    {
        string fileKey = key + "_file";
        string inline = section.Text(key);
        string path = section.FilePath(fileKey);
        string full = $"{name}.{key}";
        if (inline.Length > 0)
        {
            load.Add(new SecretSource(full, SecretOrigin.Inline));
            if (path.Length > 0)
            {
                section.Warn(fileKey, $"is not read, because {key} is given too", "keep one of the two");
            }

            if (load.OpenToOthers)
            {
                section.Warn(key, "every user of this machine may read this file", $"use {fileKey}, or chmod o= {load.File}");
            }

            return Clean(inline, problem => section.Error(key, problem));
        }

        if (path.Length > 0)
        {
            load.Add(Source(load, full, SecretOrigin.File, path));
            return FromFile(load, path, warnIfOpen: true, (message, hint, warning) => Report(section, fileKey, message, hint, warning));
        }

        if (variable.Length > 0 && load.Environment.Variable(variable) is { Length: > 0 } value)
        {
            load.Add(new SecretSource(full, SecretOrigin.Variable, variable));
            return Clean(value, problem => section.Error(key, $"from ${variable} {problem}"));
        }

        string? credentials = load.Environment.Variable(CredentialsVariable);
        string file = string.IsNullOrEmpty(credentials) ? "" : Path.Combine(credentials, credential);
        bool there = file.Length > 0 && load.Environment.Read(file, 0) != ConfigFile.Missing;
        load.Add(there ? Source(load, full, SecretOrigin.Credential, file) : new SecretSource(full, SecretOrigin.None));
        return there ? FromFile(load, file, warnIfOpen: false, (message, hint, _) => section.Error(key, $"from the credential {credential}: {message}", hint)) : "";
    }

    private static SecretSource Source(ConfigLoad load, string key, SecretOrigin origin, string path)
    {
        ConfigFile file = load.Environment.Read(path, 1);
        return new SecretSource(key, origin, path, file.Mode, file.Failed ? file.Failure : file.Bytes.Length == 0 ? "is empty" : "");
    }

    private static void Report(SectionValues section, string key, string message, string hint, bool warning)
    {
        if (warning)
        {
            section.Warn(key, message, hint);
        }
        else
        {
            section.Error(key, message, hint);
        }
    }

    private static string FromFile(ConfigLoad load, string path, bool warnIfOpen, Action<string, string, bool> report)
    {
        ConfigFile file = load.Environment.Read(path, MaxBytes);
        if (file.Failed || file.Truncated)
        {
            report(file.Failed ? $"the file {file.Failure}" : $"the file is larger than {MaxBytes} bytes", file.Failed ? "" : "is it the right file?", false);
            return "";
        }

        if (warnIfOpen && file.OpenToOthers)
        {
            report("every user of this machine may read the file", $"chmod o= {path}", true);
        }

        string text = Encoding.UTF8.GetString(file.Bytes).TrimStart('\uFEFF').TrimEnd('\r', '\n');
        if (text.Length == 0)
        {
            report("the file is empty", "", false);
            return "";
        }

        return Clean(text, problem => report("what the file holds " + problem, "", false));
    }

    /// <summary>A secret goes into headers and URLs: one line of visible ASCII.</summary>
    private static string Clean(string secret, Action<string> refuse)
    {
        if (secret.All(c => c is > ' ' and < '\u007F'))
        {
            return secret;
        }

        refuse("must be one line of letters, digits and signs, without blanks");
        return "";
    }
}
