namespace Matrixd.Diagnostics;

/// <summary>One place where two files of frames differ in shape.</summary>
/// <param name="Kind">only_in_a, only_in_b, spelling, type, value, frame, first, order.</param>
/// <param name="Side">to_gemini, from_gemini, to_exotel, from_exotel.</param>
/// <param name="A">What the first file has.</param>
/// <param name="B">What the second has.</param>
/// <param name="Why">Where the difference is known: why it is as it is.</param>
internal sealed record FrameDifference(string Kind, string Side, string Path, string A, string B, string? Why = null);
