namespace Matrixd.Config;

/// <summary>What must hold between the <c>[[agent]]</c> sections, and between them and the tools.</summary>
internal static class AgentChecks
{
    public static void Run(ConfigLoad load, ConfigSections sections)
    {
        if (sections.Agents.Count == 0)
        {
            load.Error(null, "agent", "", new ConfigRefusal("there is no agent to answer calls", "add an [[agent]] section with name and prompt"));
            return;
        }

        CheckNames(sections.Agents);
        CheckDefault(load, sections.Agents);
        CheckNumbers(sections.Agents);
        string[] tools = [.. sections.Tools.Select(t => t.Text(ToolKeys.Name)).Where(n => n.Length > 0)];
        foreach (SectionValues agent in sections.Agents)
        {
            CheckTools(agent, tools);
            CheckApology(load, agent);
            if (agent.List(AgentKeys.Knowledge).Count > 0)
            {
                agent.Warn(AgentKeys.Knowledge, "is not used by this version");
            }
        }
    }

    private static void CheckNames(IReadOnlyList<SectionValues> agents)
    {
        HashSet<string> names = new(StringComparer.Ordinal);
        foreach (SectionValues agent in agents.Where(a => a.Text(AgentKeys.Name).Length > 0 && !names.Add(a.Text(AgentKeys.Name))))
        {
            agent.Error(AgentKeys.Name, "names two agents", "every agent needs a name of its own");
        }
    }

    private static void CheckDefault(ConfigLoad load, IReadOnlyList<SectionValues> agents)
    {
        SectionValues[] defaults = [.. agents.Where(a => a.Flag(AgentKeys.Default))];
        foreach (SectionValues agent in defaults.Skip(1))
        {
            agent.Error(AgentKeys.Default, $"there can be one default agent, and \"{defaults[0].Text(AgentKeys.Name)}\" is it", "remove one of the two");
        }

        if (defaults.Length == 0)
        {
            load.Warn(agents[0].Position, "agent.default", "", new ConfigRefusal("no agent is the default: calls to numbers that no agent claims are refused", "write default = true for one agent"));
        }
    }

    private static void CheckNumbers(IReadOnlyList<SectionValues> agents)
    {
        Dictionary<string, string> owners = new(StringComparer.Ordinal);
        foreach (SectionValues agent in agents)
        {
            string name = agent.Text(AgentKeys.Name);
            foreach (LocatedText number in agent.List(AgentKeys.Numbers))
            {
                if (!owners.TryAdd(Agents.PhoneNumber.Normalise(number.Text), name))
                {
                    string owner = owners[Agents.PhoneNumber.Normalise(number.Text)];
                    agent.Error(AgentKeys.Numbers, owner == name ? "is named twice" : $"is claimed by agent \"{owner}\" already", "a number has one agent", number.Position);
                }
            }
        }
    }

    private static void CheckTools(SectionValues agent, string[] tools)
    {
        HashSet<string> seen = new(StringComparer.Ordinal);
        foreach (LocatedText tool in agent.List(AgentKeys.Tools))
        {
            if (!tools.Contains(tool.Text, StringComparer.Ordinal))
            {
                string hint = Nearest.Of(tool.Text, tools) is { } near ? $"did you mean \"{near}\"?" : "add a [[tool]] section with this name";
                agent.Error(AgentKeys.Tools, "there is no such tool", hint, tool.Position);
            }
            else if (!seen.Add(tool.Text))
            {
                agent.Error(AgentKeys.Tools, "is named twice", "", tool.Position);
            }
        }
    }

    private static void CheckApology(ConfigLoad load, SectionValues agent)
    {
        string path = agent.FilePath(AgentKeys.Apology);
        if (path.Length == 0)
        {
            return;
        }

        ConfigFile file = load.Environment.Read(path, 12);
        if (file.Failed)
        {
            agent.Error(AgentKeys.Apology, $"the file {file.Failure}");
        }
        else if (!file.Bytes.AsSpan().StartsWith("RIFF"u8) || !file.Bytes.AsSpan().EndsWith("WAVE"u8))
        {
            agent.Error(AgentKeys.Apology, "the file is no WAV", "make one: sox in.mp3 -r 8000 -c 1 -b 16 out.wav");
        }
    }
}
