namespace Matrixd.Config;

/// <summary><c>[store]</c></summary>
internal static class StoreKeys
{
    public const string Path = "path";

    public static ConfigSection Section { get; } = new("store", Repeated: false, "Where calls, transcripts and tokens are kept.",
    [
        new(Path, ConfigKeyType.Text)
        {
            Default = "\"/var/lib/matrixd/matrixd.db\"",
            Rule = Ranges.NotEmpty(4096),
            Doc = "The database file (SQLite). It is made when it is not there. Put it on a local disk, not on a network share.",
        },
    ]);
}
