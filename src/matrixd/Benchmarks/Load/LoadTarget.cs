namespace Matrixd.Benchmarks;

/// <summary>Who is called.</summary>
/// <param name="Address">Host and port.</param>
/// <param name="Path">Of the Exotel socket.</param>
/// <param name="Credentials">User and password in base64; empty: none.</param>
/// <param name="ProcessId">Whose processor time counts.</param>
internal sealed record LoadTarget(string Address, string Path, string Credentials, int ProcessId);
