namespace Matrixd.Config;

/// <summary>What became of reading a file.</summary>
internal sealed record ConfigFile
{
    public byte[] Bytes { get; init; } = [];

    /// <summary>There is more than was asked for.</summary>
    public bool Truncated { get; init; }

    /// <summary>Users outside the file's group may read or change it.</summary>
    public bool OpenToOthers { get; init; }

    /// <summary>Null: not known.</summary>
    public UnixFileMode? Mode { get; init; }

    /// <summary>Empty: it was read; else the reason, to follow the path: "does not exist".</summary>
    public string Failure { get; init; } = "";

    public bool Failed => Failure.Length > 0;

    public static ConfigFile Missing { get; } = new() { Failure = "does not exist" };
}
