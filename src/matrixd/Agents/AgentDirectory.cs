using System.Collections.Concurrent;
using Matrixd.Calls;
using Microsoft.Extensions.Logging;

namespace Matrixd.Agents;

/// <summary>The agents of one generation of the configuration.</summary>
/// <remarks>Immutable but for the list of what has been warned of; any thread. A reload makes a new one, and calls under way keep theirs.</remarks>
internal sealed partial class AgentDirectory : IAgentDirectory
{
    private readonly Dictionary<string, Agent> _agents = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _byNumber = new(StringComparer.Ordinal);
    private readonly string _default;
    private readonly ToolHttp _http;
    private readonly ILogger<AgentDirectory> _logger;

    // Bounded: names in braces come from the configuration's texts. Objectives are not remembered here, see Warn.
    private readonly ConcurrentDictionary<(string Agent, string Name), bool> _warned = new();

    /// <exception cref="AgentOptionsException">The options contradict each other.</exception>
    public AgentDirectory(IReadOnlyList<AgentOptions> agents, IReadOnlyList<ToolOptions> tools, ToolHttp http, ILogger<AgentDirectory> logger)
    {
        _http = http;
        _logger = logger;
        var errors = new List<string>();
        Dictionary<string, HttpTool> toolbox = Toolbox(tools, errors);
        foreach (AgentOptions options in agents)
        {
            if (!_agents.TryAdd(options.Name, new Agent(options, Pick(options, tools, toolbox, errors))))
            {
                errors.Add($"agent '{options.Name}' stands there twice: names are unique");
            }

            Claim(options, errors);
        }

        AgentOptions[] defaults = [.. agents.Where(agent => agent.Default)];
        if (defaults.Length > 1)
        {
            errors.Add($"agents {string.Join(", ", defaults.Select(agent => $"'{agent.Name}'"))} are all default: only one can take the calls that no number claims");
        }

        if (errors.Count > 0)
        {
            throw new AgentOptionsException(errors);
        }

        _default = defaults.FirstOrDefault()?.Name ?? "";
    }

    /// <inheritdoc/>
    public string ForNumber(string to) => _byNumber.GetValueOrDefault(PhoneNumber.Normalise(to), _default);

    /// <inheritdoc/>
    public AgentBriefing? Brief(Session session)
    {
        if (!_agents.TryGetValue(session.Agent, out Agent? agent))
        {
            return null;
        }

        Dictionary<string, string> values = CallVariables.Of(session, out string? error);
        if (error is not null)
        {
            LogBadVariables(session.CallSid, error);
        }

        void Unknown(string name) => Warn(session.CallSid, agent.Options, name);
        return new AgentBriefing
        {
            Setup = agent.Setup(session, values, Unknown),
            OpeningText = agent.Opening(values, Unknown),
            ApologyPath = agent.Options.Apology,
            Tools = new ToolDispatcher(agent.Tools, _http, _logger),
        };
    }

    private void Warn(CallSid callSid, AgentOptions agent, string name)
    {
        bool ofConfiguration = agent.Prompt.Contains($"{{{name}}}", StringComparison.Ordinal) || agent.Greeting.Contains($"{{{name}}}", StringComparison.Ordinal);
        if (!ofConfiguration || _warned.TryAdd((agent.Name, name), true))
        {
            LogUnknownVariable(callSid, agent.Name, name);
        }
    }

    private void Claim(AgentOptions agent, List<string> errors)
    {
        foreach (string number in agent.Numbers)
        {
            if (!_byNumber.TryAdd(PhoneNumber.Normalise(number), agent.Name) && _byNumber[PhoneNumber.Normalise(number)] != agent.Name)
            {
                errors.Add($"number {number} is claimed by agent '{_byNumber[PhoneNumber.Normalise(number)]}' and by '{agent.Name}'");
            }
        }
    }

    private static Dictionary<string, HttpTool> Toolbox(IReadOnlyList<ToolOptions> tools, List<string> errors)
    {
        var toolbox = new Dictionary<string, HttpTool>(StringComparer.Ordinal);
        foreach (ToolOptions options in tools)
        {
            try
            {
                if (!toolbox.TryAdd(options.Name, new HttpTool(options)))
                {
                    errors.Add($"tool '{options.Name}' stands there twice: names are unique");
                }
            }
            catch (FormatException e)
            {
                errors.Add($"tool '{options.Name}': {e.Message}");
            }
        }

        return toolbox;
    }

    private static List<HttpTool> Pick(AgentOptions agent, IReadOnlyList<ToolOptions> tools, Dictionary<string, HttpTool> toolbox, List<string> errors)
    {
        var picked = new List<HttpTool>();
        foreach (string name in agent.Tools.Distinct(StringComparer.Ordinal))
        {
            if (toolbox.TryGetValue(name, out HttpTool? tool))
            {
                picked.Add(tool);
            }
            else if (!tools.Any(tool => tool.Name == name)) // one that is there is broken, and has been told of
            {
                errors.Add($"agent '{agent.Name}' uses tool '{name}', which there is not: define it as a [[tool]] or take it off the list");
            }
        }

        return picked;
    }
}
