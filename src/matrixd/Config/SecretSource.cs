namespace Matrixd.Config;

/// <summary>Where one secret came from; never the secret.</summary>
/// <param name="Key"><c>section.key</c>.</param>
/// <param name="Path">Where it is a file.</param>
/// <param name="Mode">Of the file; null where there is none, or it cannot be told.</param>
/// <param name="Failure">Empty: it can be read; else why not.</param>
internal sealed record SecretSource(string Key, SecretOrigin Origin, string Path = "", UnixFileMode? Mode = null, string Failure = "");

internal enum SecretOrigin
{
    /// <summary>It is set nowhere.</summary>
    None,

    /// <summary>In the configuration itself.</summary>
    Inline,

    File,
    Variable,

    /// <summary>A file that systemd hands over.</summary>
    Credential,
}
