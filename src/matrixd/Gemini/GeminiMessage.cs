using System.Runtime.CompilerServices;
using Matrixd.Calls;

namespace Matrixd.Gemini;

/// <summary>One message from Gemini, as far as the bridge needs it. Several kinds can share a message.</summary>
/// <remarks>Offsets point into the message it was read from. Strings and lists exist for rare things only: audio and transcripts allocate nothing.</remarks>
internal ref struct GeminiMessage
{
    /// <summary>Audio parts of one message that are told apart; observed: one or two.</summary>
    public const int MaxAudioParts = 32;

    public bool SetupComplete;
    public bool Interrupted;
    public bool GenerationComplete;
    public bool TurnComplete;
    public TurnNote TurnNote;

    /// <summary><c>interactionStatus: IDLE</c>: how some models say that a turn is over.</summary>
    public bool InteractionIdle;

    public int AudioParts;

    /// <summary>Audio parts beyond <see cref="MaxAudioParts"/>, or of a kind that is not played.</summary>
    public int AudioPartsLeftOut;

    public AudioPartList Audio;

    /// <summary>Of the caller; whoever gets the message releases it.</summary>
    public TranscriptText InputTranscript;

    /// <summary>Of the model; whoever gets the message releases it.</summary>
    public TranscriptText OutputTranscript;

    public string? Handle;

    /// <summary>A <c>sessionResumptionUpdate</c> said that the session cannot be resumed now.</summary>
    public bool NotResumable;

    public TimeSpan? GoAway;
    public bool HasUsage;
    public long PromptTokens;
    public long ResponseTokens;
    public List<ToolCall>? ToolCalls;
    public List<string>? CancelledToolCalls;

    /// <summary>Text of an <c>error</c> object.</summary>
    public string? Error;

    [InlineArray(MaxAudioParts)]
    internal struct AudioPartList
    {
        private AudioPart _part;
    }
}

/// <param name="Start">Of the base64 text in the message.</param>
/// <param name="SampleRate">[Hz]</param>
/// <param name="IsEscaped">The text holds JSON escapes (<c>\u003d</c>).</param>
internal readonly record struct AudioPart(int Start, int Length, int SampleRate, bool IsEscaped);
