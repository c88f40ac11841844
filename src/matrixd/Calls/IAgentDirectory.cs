namespace Matrixd.Calls;

/// <summary>The agents that can take calls.</summary>
internal interface IAgentDirectory
{
    /// <summary>Name of the agent for an inbound call to this number: the one that claims it, else the default one; empty where there is neither.</summary>
    string ForNumber(string to);

    /// <summary>The agent's part in this call, or null where no agent has the session's name.</summary>
    AgentBriefing? Brief(Session session);
}

/// <summary>What an agent brings into one call.</summary>
internal sealed record AgentBriefing
{
    public required ModelSetup Setup { get; init; }

    /// <summary>Request by which the model is made to speak first; empty: it waits for the caller.</summary>
    public string OpeningText { get; init; } = "";

    /// <summary>Path of the WAV that is played when the model is lost for good; empty: none.</summary>
    public string ApologyPath { get; init; } = "";

    public required IToolRunner Tools { get; init; }
}

/// <summary>Runs the tools of one agent.</summary>
internal interface IToolRunner
{
    /// <summary>Runs one call to its end. Never faults: whatever goes wrong is an outcome.</summary>
    Task<ToolResult> RunAsync(ToolCall call, Session session, CancellationToken cancelled);
}

/// <param name="Outcome">ok, error, timeout, cancelled, unknown_tool, bad_arguments.</param>
/// <param name="Response">JSON object for the model: <c>{"output":…}</c> or <c>{"error":…}</c>.</param>
internal readonly record struct ToolResult(string Outcome, string Response);
