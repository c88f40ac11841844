namespace Matrixd.Gemini;

/// <summary>The REST side gave no whole answer.</summary>
/// <param name="message">Host and cause; no secret.</param>
internal sealed class GeminiHttpException(string message, Exception? inner = null) : Exception(message, inner);
