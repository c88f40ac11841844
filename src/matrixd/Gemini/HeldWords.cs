using Matrixd.Calls;

namespace Matrixd.Gemini;

/// <summary>What the call wants to tell the model while there is no connection, or none that takes words: texts, and answers of tools whose call came on a connection that is gone.</summary>
/// <remarks>Under the leg's gate. A tool's answer goes as text: to a new connection its id means nothing.</remarks>
internal sealed class HeldWords
{
    // Eight tools can be under way, and a few texts beside them; beyond, the oldest is dropped.
    private const int MaxHeld = 16;

    private readonly Queue<string> _texts = new();

    /// <summary>Also without the gate: a hint.</summary>
    public bool IsEmpty => _texts.Count == 0;

    public void Hold(string text)
    {
        if (_texts.Count == MaxHeld)
        {
            _texts.Dequeue();
        }

        _texts.Enqueue(text);
    }

    public bool TryTake(out string text) => _texts.TryDequeue(out text!);

    /// <summary>A tool's answer in words.</summary>
    public static string OfTool(string name, string response) =>
        $"(The connection was renewed while the tool {name} was running. Its result, which you asked for: {response})";
}
