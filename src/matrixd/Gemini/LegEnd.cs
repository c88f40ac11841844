namespace Matrixd.Gemini;

/// <summary>How one connection of a leg, or the attempt at one, ended.</summary>
/// <param name="WasUp">The call was using it until now.</param>
/// <param name="TokenReplaced">Its token was refused, and the next attempt gets another.</param>
internal readonly record struct LegEnd(GeminiFailure Failure, LossKind Kind, bool WasUp, bool TokenReplaced);
