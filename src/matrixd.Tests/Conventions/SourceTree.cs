namespace Matrixd.Tests.Conventions;

/// <summary>The product's sources, found from where the tests run upward.</summary>
internal static class SourceTree
{
    public static string Root { get; } = Find();

    public static string Product => Path.Combine(Root, "src", "matrixd");

    /// <summary>Files of a folder, build output left out; path from the root, and text.</summary>
    public static IEnumerable<(string Path, string Text)> Files(string folder) => Directory.EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories)
        .Where(path => !path.Contains("/obj/", StringComparison.Ordinal) && !path.Contains("/bin/", StringComparison.Ordinal))
        .Order(StringComparer.Ordinal)
        .Select(path => (Path.GetRelativePath(Root, path), File.ReadAllText(path)));

    private static string Find()
    {
        for (DirectoryInfo? directory = new(AppContext.BaseDirectory); directory is not null; directory = directory.Parent)
        {
            if (File.Exists(Path.Combine(directory.FullName, "matrixd.slnx")))
            {
                return directory.FullName;
            }
        }

        throw new InvalidOperationException($"no matrixd.slnx above {AppContext.BaseDirectory}: the tests need the sources beside them");
    }
}
