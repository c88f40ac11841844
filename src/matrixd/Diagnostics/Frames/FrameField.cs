namespace Matrixd.Diagnostics;

/// <summary>One field of a side's messages, as it was seen.</summary>
/// <param name="path">As it was spelled first.</param>
internal sealed class FrameField(string path)
{
    public string Path => path;

    public SortedSet<string> Spellings { get; } = new(StringComparer.Ordinal);

    public SortedSet<string> Types { get; } = new(StringComparer.Ordinal);

    /// <summary>Those of a closed set.</summary>
    public SortedSet<string> Values { get; } = new(StringComparer.Ordinal);

    /// <summary>Of a message's first key: in what kind of frame it came.</summary>
    public SortedSet<string> Ops { get; } = new(StringComparer.Ordinal);
}
