namespace Matrixd.Agents;

/// <summary>Agents and tools of the configuration cannot be used together.</summary>
/// <param name="errors">All that is wrong, a sentence each; no secret.</param>
internal sealed class AgentOptionsException(IReadOnlyList<string> errors) : Exception(string.Join("; ", errors))
{
    public IReadOnlyList<string> Errors => errors;
}
