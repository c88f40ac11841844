namespace Matrixd.Calls;

/// <summary>What a model is told after its connection was renewed, so that the call goes on where it was. Pure.</summary>
internal static class Continuation
{
    /// <summary>Turns that a new session is told at most.</summary>
    public const int MaxTurns = 60;

    /// <summary>Characters of them together. Observed: a replay that is too large is closed with 1007; this is some 3,000 tokens in any script.</summary>
    public const int MaxCharacters = 6_000;

    // One turn's share: the end of a long one is what the next refers to.
    private const int MaxTurnCharacters = 1_200;

    // What is quoted to say where to go on.
    private const int MaxQuote = 240;

    // Of a tool's result that is told again.
    private const int MaxResult = 4_000;

    private const string Preface = "(This telephone call is under way, and this is what was said so far. Do not greet again.)";

    private const string NoGreeting = "Keep to the language of the conversation. Do not greet again, and do not speak of the interruption.)";

    /// <summary>Asks the model to go on with a turn that was cut.</summary>
    /// <param name="heard">What the caller heard of it; empty: not known.</param>
    public static string GoOn(string heard) => heard.Length > 0
        ? $"(The connection was interrupted while you were speaking. The caller heard you up to these words: \"{Tail(heard, MaxQuote)}\". Go on exactly there. {NoGreeting}"
        : $"(The connection was interrupted while you were speaking. Go on where you were. {NoGreeting}";

    /// <summary>Asks the model for the answer that it owes.</summary>
    /// <param name="said">What the caller was understood to say; empty: not known.</param>
    public static string Answer(string said) => said.Length > 0
        ? $"(The connection was interrupted before you could answer. The caller's words were: \"{Tail(said, MaxQuote)}\". Answer them now. {NoGreeting}"
        : $"(The connection was interrupted before you could answer. Answer the caller now; if you did not hear what was said, ask for it to be repeated. {NoGreeting}";

    /// <summary>Tells a tool's result again, to a model that may not have had it.</summary>
    /// <param name="response">JSON object.</param>
    public static string ToolResult(string name, string response) =>
        $"(The connection was interrupted before you could answer. The tool {name} had returned: {(response.Length > MaxResult ? response[..MaxResult] : response)}. Answer the caller now. {NoGreeting}";

    /// <summary>What was said, as a new session is told it: the latest that fits.</summary>
    /// <param name="turns">In their order.</param>
    /// <returns>Empty where nothing was said.</returns>
    public static IReadOnlyList<PastTurn> History(IReadOnlyList<TurnRecord> turns)
    {
        List<PastTurn> told = [];
        int characters = 0;
        for (int i = turns.Count - 1; i >= 0 && told.Count < MaxTurns; i--)
        {
            string text = Tail(turns[i].Speaker == Speaker.Model ? turns[i].Heard : turns[i].Said, MaxTurnCharacters);
            characters += text.Length;
            if (characters > MaxCharacters)
            {
                break;
            }

            if (text.Length > 0)
            {
                told.Add(new PastTurn(turns[i].Speaker, text));
            }
        }

        if (told.Count > 0)
        {
            told.Add(new PastTurn(Speaker.Caller, Preface)); // a conversation begins with the user's role
            told.Reverse();
        }

        return told;
    }

    // The end of a text, from a word's beginning.
    private static string Tail(string text, int most)
    {
        if (text.Length <= most)
        {
            return text;
        }

        int space = text.IndexOf(' ', text.Length - most, most - 1);
        int start = space < 0 ? text.Length - most : space + 1;
        return text[(char.IsLowSurrogate(text[start]) ? start + 1 : start)..]; // never half a character
    }
}
