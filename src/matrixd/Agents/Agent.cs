using System.Text;
using Matrixd.Calls;

namespace Matrixd.Agents;

/// <summary>One agent, ready to take calls.</summary>
/// <remarks>Immutable; any thread.</remarks>
internal sealed class Agent(AgentOptions options, IReadOnlyList<HttpTool> tools)
{
    /// <summary>Heads what an outbound call is for; prompts refer to it by these words.</summary>
    public const string ObjectiveHeading = "Your objective on THIS call";

    private readonly PromptTemplate _prompt = new(options.Prompt);
    private readonly PromptTemplate _greeting = new(options.Greeting);
    private readonly ToolDeclaration[] _declarations = [.. tools.Select(tool => tool.Declaration)];

    public AgentOptions Options => options;

    public IReadOnlyList<HttpTool> Tools => tools;

    /// <summary>The setup of one call.</summary>
    /// <param name="unknown">Told each name in braces that has no value.</param>
    public ModelSetup Setup(Session session, IReadOnlyDictionary<string, string> values, Action<string> unknown) => new()
    {
        Instruction = Instruction(session, values, unknown),
        Voice = options.Voice,
        Language = options.Language,
        Tools = _declarations,
    };

    /// <summary>What the model is asked so that it speaks first; empty: it waits for the caller.</summary>
    public string Opening(IReadOnlyDictionary<string, string> values, Action<string> unknown)
    {
        string greeting = _greeting.Render(values, unknown).Trim();
        if (greeting.Length == 0)
        {
            return "";
        }

        string language = options.Language.Length > 0 ? $" in {SpokenLanguage.Describe(options.Language)}" : "";
        return $"The call is connected and you speak first. Say exactly the following now{language}, and nothing else; then wait for the answer.\n\n{greeting}";
    }

    private string Instruction(Session session, IReadOnlyDictionary<string, string> values, Action<string> unknown)
    {
        var text = new StringBuilder(_prompt.Render(values, unknown).Trim());
        if (options.Language.Length > 0)
        {
            Paragraph(text).Append("Speak ").Append(SpokenLanguage.Describe(options.Language)).Append(", unless the person on the phone asks for another language.");
        }

        // A block of its own, and the last: inside the prompt it is taken for one rule among many.
        if (session.Direction == CallDirection.Outbound && !string.IsNullOrWhiteSpace(session.Objective))
        {
            Paragraph(text).Append(ObjectiveHeading).Append('\n').Append(new PromptTemplate(session.Objective).Render(values, unknown).Trim());
        }

        return text.ToString();
    }

    private static StringBuilder Paragraph(StringBuilder text) => text.Length > 0 ? text.Append("\n\n") : text;
}
