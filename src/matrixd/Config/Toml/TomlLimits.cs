namespace Matrixd.Config;

/// <summary>Bounds of what is read.</summary>
internal static class TomlLimits
{
    /// <summary>Largest file [bytes]: a thousand agents with a page of prompt each fit.</summary>
    public const int MaxFileBytes = 1024 * 1024;

    /// <summary>Tables and arrays in each other: the configuration needs three; recursion over a tree stays far from the end of the stack.</summary>
    public const int MaxDepth = 64;
}
