namespace Matrixd.Calls;

/// <summary>What a call adds up for its row. Owned by one call, under its gate.</summary>
internal sealed class CallTally
{
    public string Model { get; set; } = "";

    /// <summary>Latest resumption handle.</summary>
    public string Handle { get; set; } = "";

    public long PromptTokens { get; private set; }

    public long ResponseTokens { get; private set; }

    public void AddTokens(long prompt, long response)
    {
        PromptTokens += prompt;
        ResponseTokens += response;
    }
}
