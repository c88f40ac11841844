namespace Matrixd.Storage;

/// <summary>Where a running migration stands.</summary>
/// <param name="Path">The file being changed.</param>
/// <param name="Statement">Index of the statement about to run; one past the last: about to commit.</param>
internal readonly record struct MigrationStep(string Path, int Version, int Statement);
