using System.Globalization;

namespace Matrixd.Simulation;

/// <summary>The simulated model's own behaviour: greets when asked, listens, calls its tools, answers.</summary>
/// <remarks>Owned by one connection; every method is called under that connection's lock.</remarks>
internal sealed class GeminiMind(
    GeminiConnection connection, GeminiMouth mouth, GeminiOutbox outbox, GeminiSetup setup, GeminiSessionState session, GeminiSimulatorOptions options)
{
    private static readonly TimeSpan s_keptTail = TimeSpan.FromMilliseconds(150); // of the silence that ended an utterance

    private readonly GeminiEar _ear = new(setup.Silence);
    private short[]? _unanswered; // waits for a tool

    /// <summary>A tool call that waits for its response; null: none.</summary>
    public string? PendingTool { get; private set; }

    public long Heard => _ear.Heard;

    /// <param name="pcm">16 kHz.</param>
    public void Hear(ReadOnlySpan<short> pcm)
    {
        while (pcm.Length > 0)
        {
            pcm = pcm[_ear.Hear(pcm, setup.DetectsActivity, out GeminiEar.Finding finding)..];
            if (finding == GeminiEar.Finding.Started)
            {
                CallerBegins();
            }
            else if (finding == GeminiEar.Finding.Ended)
            {
                CallerEnds();
            }
        }
    }

    public void ActivityStart()
    {
        _ear.Open();
        CallerBegins();
    }

    /// <summary>activity_end, or audio_stream_end: what was said so far is the utterance.</summary>
    public void CloseUtterance()
    {
        if (_ear.Close())
        {
            CallerEnds();
        }
    }

    /// <summary>A turn in text is answered: the words in quotation marks are spoken, else its last paragraph.</summary>
    public void Read(string text) => connection.Render(Quoted(text));

    /// <summary>A tool has answered.</summary>
    public void ToolAnswered()
    {
        PendingTool = null;
        if (_unanswered is { } utterance)
        {
            _unanswered = null;
            Answer(utterance);
        }
    }

    private void CallerBegins()
    {
        if (setup.Interrupts)
        {
            mouth.Interrupt();
        }
    }

    private void CallerEnds()
    {
        short[] utterance = Trim(_ear.Take());
        if (setup.TranscribesInput)
        {
            double seconds = (double)utterance.Length / SpeechDetector.Rate;
            outbox.InputTranscription(string.Create(CultureInfo.InvariantCulture, $"(caller speech, {seconds:0.0} s)"));
        }

        if (PendingTool is not null)
        {
            _unanswered = utterance;
            return;
        }

        if (session.ToolCallsMade < options.ToolCalls.Count)
        {
            GeminiToolCall call = options.ToolCalls[session.ToolCallsMade++];
            PendingTool = $"function-call-{session.Id}-{session.ToolCallsMade}";
            _unanswered = utterance;
            connection.SendToolCall(PendingTool, call);
            return;
        }

        Answer(utterance);
    }

    private void Answer(short[] utterance)
    {
        bool parrot = options.Voice == GeminiVoice.Parrot;
        ReadOnlyMemory<short> pcm = parrot ? WholeResampler.Resample(utterance, SpeechDetector.Rate, GeminiMouth.Rate) : options.VoicePcm;
        string words = !setup.TranscribesOutput ? "" : parrot ? "(what the caller said)" : "(a recording)";
        mouth.Say(new GeminiTurn(pcm, words));
    }

    private short[] Trim(short[] utterance)
    {
        int tail = setup.DetectsActivity ? (int)((setup.Silence - s_keptTail).TotalSeconds * SpeechDetector.Rate) : 0;
        return tail > 0 && tail < utterance.Length ? utterance[..^tail] : utterance;
    }

    private static string Quoted(string text)
    {
        int open = text.IndexOfAny(['"', '“']);
        int close = text.LastIndexOfAny(['"', '”']);
        return open >= 0 && close > open + 1 ? text[(open + 1)..close] : text[(text.LastIndexOf("\n\n", StringComparison.Ordinal) + 1)..].Trim();
    }
}
