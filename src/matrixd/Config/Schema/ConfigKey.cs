namespace Matrixd.Config;

/// <summary>All that is known of one key; the reader, the unknown-key hints, the diff and the example file live on it.</summary>
internal sealed record ConfigKey(string Name, ConfigKeyType Type)
{
    /// <summary>As TOML; what counts when the key is absent.</summary>
    public required string Default { get; init; }

    /// <summary>What it is for, in plain words; lines parted by line ends.</summary>
    public required string Doc { get; init; }

    /// <summary>As TOML; what the example file has instead of the default. Null: the example has the default, commented out.</summary>
    public string? Sample { get; init; }

    /// <summary>Of each item where the type is a list.</summary>
    public ConfigRule Rule { get; init; } = ConfigRule.Any;

    /// <summary>There is no default: the key must be given.</summary>
    public bool Required { get; init; }

    /// <summary>The value is shown nowhere.</summary>
    public bool Secret { get; init; }

    /// <summary>The value is a telephone number, or a list of them: shown by its last digits.</summary>
    public bool Number { get; init; }
}
