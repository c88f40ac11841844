namespace Matrixd.Config;

/// <summary>All that a configuration reads beside its own text, so that a test can give each of it.</summary>
internal interface IConfigEnvironment
{
    /// <summary>Processors that the process may use.</summary>
    int Processors { get; }

    /// <summary>For dates in certificates.</summary>
    DateTimeOffset Now { get; }

    /// <summary>Null: not set.</summary>
    string? Variable(string name);

    /// <summary>At most <paramref name="maxBytes"/> from the file's begin.</summary>
    ConfigFile Read(string path, int maxBytes);
}
