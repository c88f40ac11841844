namespace Matrixd.Config;

/// <summary>What must hold between the <c>[[tool]]</c> sections.</summary>
internal static class ToolChecks
{
    /// <summary>Our own headers, by which a tool's server knows the call.</summary>
    private const string OurHeaders = "X-Matrixd-";

    /// <summary>Headers that belong to the HTTP client.</summary>
    private static readonly string[] Reserved = ["Content-Length", "Transfer-Encoding", "Connection", "Upgrade"];

    public static void Run(ConfigLoad load, ConfigSections sections)
    {
        HashSet<string> names = new(StringComparer.Ordinal);
        foreach (SectionValues tool in sections.Tools)
        {
            string name = tool.Text(ToolKeys.Name);
            if (name.Length > 0 && !names.Add(name))
            {
                tool.Error(ToolKeys.Name, "names two tools", "every tool needs a name of its own");
            }

            CheckHeaders(tool);
            if (load.OpenToOthers && tool.Pairs(ToolKeys.Headers).Count > 0)
            {
                tool.Warn(ToolKeys.Headers, "every user of this machine may read this file, and headers often hold a key", $"chmod o= {load.File}");
            }

            if (name.Length > 0 && !sections.Agents.Any(agent => agent.Texts(AgentKeys.Tools).Contains(name)))
            {
                tool.Warn(ToolKeys.Name, "no agent uses this tool", "add it to an agent's tools");
            }
        }
    }

    private static void CheckHeaders(SectionValues tool)
    {
        foreach ((string name, string value) in tool.Pairs(ToolKeys.Headers))
        {
            if (!Names.IsHeaderName(name))
            {
                tool.Error(ToolKeys.Headers, $"{ConfigText.Quote(name)} is no name of a header", "letters, digits and -");
            }
            else if (Reserved.Contains(name, StringComparer.OrdinalIgnoreCase) || name.StartsWith(OurHeaders, StringComparison.OrdinalIgnoreCase))
            {
                tool.Error(ToolKeys.Headers, $"{name} is set by matrixd itself", "remove it");
            }
            else if (value.Any(c => c is < ' ' or > '~'))
            {
                tool.Error(ToolKeys.Headers, $"the value of {name} must be one line of ASCII");
            }
        }
    }
}
