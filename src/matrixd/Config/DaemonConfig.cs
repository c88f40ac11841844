using Matrixd.Agents;
using Matrixd.Calls;
using Matrixd.Exotel;
using Matrixd.Gemini;
using Matrixd.Server;

namespace Matrixd.Config;

/// <summary>One generation of the configuration: the rooms' options, secrets resolved.</summary>
internal sealed record DaemonConfig
{
    public required ServerOptions Server { get; init; }

    /// <summary>Path of the SQLite file.</summary>
    public required string StorePath { get; init; }

    public required ExotelOptions Exotel { get; init; }

    public required GeminiOptions Gemini { get; init; }

    public required CallsOptions Calls { get; init; }

    public DiagnosticsOptions Diagnostics { get; init; } = new();

    public required IReadOnlyList<AgentOptions> Agents { get; init; }

    public required IReadOnlyList<ToolOptions> Tools { get; init; }
}
