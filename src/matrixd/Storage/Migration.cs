namespace Matrixd.Storage;

/// <summary>One numbered step of the schema; all its statements are one transaction.</summary>
/// <param name="Version">The user_version that the database has afterwards: 1, 2, …</param>
internal sealed record Migration(int Version, IReadOnlyList<string> Statements);

/// <summary>Where a running migration stands.</summary>
/// <param name="Path">The file being changed.</param>
/// <param name="Statement">Index of the statement about to run; one past the last: about to commit.</param>
internal readonly record struct MigrationStep(string Path, int Version, int Statement);
