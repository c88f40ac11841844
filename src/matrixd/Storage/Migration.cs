namespace Matrixd.Storage;

/// <summary>One numbered step of the schema; all its statements are one transaction.</summary>
/// <param name="Version">The user_version that the database has afterwards: 1, 2, …</param>
internal sealed record Migration(int Version, IReadOnlyList<string> Statements);
