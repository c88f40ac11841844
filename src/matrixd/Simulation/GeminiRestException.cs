namespace Matrixd.Simulation;

/// <summary>A REST request that the simulated API refuses.</summary>
internal sealed class GeminiRestException(int status, string name, string message) : Exception(message)
{
    public int Status => status;

    /// <summary>Google's canonical name of the status, <c>INVALID_ARGUMENT</c>.</summary>
    public string Name => name;

    public static GeminiRestException InvalidArgument(string message) => new(400, "INVALID_ARGUMENT", message);

    public static GeminiRestException NotFound(string message) => new(404, "NOT_FOUND", message);
}
