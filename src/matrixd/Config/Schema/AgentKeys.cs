namespace Matrixd.Config;

/// <summary><c>[[agent]]</c></summary>
internal static class AgentKeys
{
    /// <summary>Some 16,000 words: a longer prompt costs time and money at the begin of every call.</summary>
    private const int MaxPrompt = 100_000;

    public const string Name = "name";
    public const string Default = "default";
    public const string Numbers = "numbers";
    public const string Voice = "voice";
    public const string Language = "language";
    public const string Prompt = "prompt";
    public const string Greeting = "greeting";
    public const string Apology = "apology";
    public const string Tools = "tools";
    public const string Knowledge = "knowledge";

    public static ConfigSection Section { get; } = new("agent", Repeated: true, "Who answers. One [[agent]] for each role; at least one.", [.. Who, .. How]);

    private static ConfigKey[] Who =>
    [
        new(Name, ConfigKeyType.Text)
        {
            Default = "\"\"",
            Required = true,
            Rule = Names.Agent,
            Sample = "\"reception\"",
            Doc = "The agent's name in lists, logs and campaigns.",
        },
        new(Default, ConfigKeyType.Flag)
        {
            Default = "false",
            Sample = "true",
            Doc = "true: takes the calls to numbers that no agent claims. One agent at most.",
        },
        new(Numbers, ConfigKeyType.TextList)
        {
            Default = "[]",
            Rule = Names.PhoneNumber,
            Number = true,
            Doc = "Your numbers that this agent answers, such as [\"08040000000\"].",
        },
        new(Voice, ConfigKeyType.Text)
        {
            Default = "\"\"",
            Rule = Names.Voice.OrEmpty(),
            Sample = "\"Kore\"",
            Doc = "One of Gemini's voices, such as \"Kore\", \"Puck\" or \"Aoede\". Empty: Gemini's choice.",
        },
        new(Language, ConfigKeyType.Text)
        {
            Default = "\"\"",
            Rule = Names.Language.OrEmpty(),
            Sample = "\"en-IN\"",
            Doc = "Main language, such as \"en-IN\", \"hi-IN\" or \"ta-IN\". Empty: whatever the caller speaks.",
        },
    ];

    private static ConfigKey[] How =>
    [
        new(Prompt, ConfigKeyType.Text)
        {
            Default = "\"\"",
            Required = true,
            Rule = Ranges.NotEmpty(MaxPrompt),
            Sample = """"
                """
                You answer the telephone of Sharma Electronics, a shop for home appliances in Bengaluru.
                Speak the language of the caller. Keep every answer to one or two short sentences.
                You can tell opening hours (10 am to 8 pm, closed on Sundays) and the state of an order.
                For the state of an order, ask for the order number, repeat it, then use lookup_order.
                Never promise refunds or dates of your own. If you cannot help, say that a colleague will call back.
                """
                """",
            Doc = "What the agent is told about its work: who it is, what it may promise, when to hand over. Plain sentences.",
        },
        new(Greeting, ConfigKeyType.Text)
        {
            Default = "\"\"",
            Rule = Ranges.Length(2_000),
            Sample = "\"Namaste, this is Sharma Electronics. How can I help you?\"",
            Doc = "First words, spoken at once when the call is connected. Empty: the agent waits for the caller to speak.",
        },
        new(Apology, ConfigKeyType.Text)
        {
            Default = "\"\"",
            Doc = "WAV file that is played when Gemini is lost for good, before the call goes on to the next applet. Empty: none.",
        },
        new(Tools, ConfigKeyType.TextList)
        {
            Default = "[]",
            Rule = Names.Tool,
            Sample = "[\"lookup_order\"]",
            Doc = "Names of the [[tool]] sections that this agent may use. It can use no other.",
        },
        new(Knowledge, ConfigKeyType.TextList)
        {
            Default = "[]",
            Rule = Names.Agent,
            Doc = "Names of the collections of documents that this agent may look things up in.",
        },
    ];
}
