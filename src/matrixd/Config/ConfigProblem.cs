namespace Matrixd.Config;

/// <summary>One error or warning of a configuration.</summary>
internal sealed record ConfigProblem
{
    public required string File { get; init; }

    /// <summary>From 1; 0: the problem stands nowhere in the file, such as a key that is missing.</summary>
    public int Line { get; init; }

    /// <summary>From 1; 0 without a line.</summary>
    public int Column { get; init; }

    /// <summary><c>section.key</c>; may be empty.</summary>
    public string Key { get; init; } = "";

    /// <summary>As the file has it, shortened, a secret as <c>"***"</c>; may be empty.</summary>
    public string Value { get; init; } = "";

    public required string Message { get; init; }

    /// <summary>What to do; may be empty.</summary>
    public string Hint { get; init; } = "";

    public override string ToString()
    {
        string place = Line > 0 ? $"{File}:{Line}:{Column}: " : $"{File}: ";
        string subject = Key.Length == 0 ? "" : Value.Length == 0 ? $"{Key}: " : $"{Key} = {Value}: ";
        return place + subject + Message + (Hint.Length == 0 ? "" : "; " + Hint);
    }
}
