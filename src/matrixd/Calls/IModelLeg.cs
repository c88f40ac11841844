namespace Matrixd.Calls;

/// <summary>Opens model legs.</summary>
internal interface IModelConnector
{
    IModelLeg Open(CallSid callSid, IModelSink sink);
}

/// <summary>The model's end of a call, as <see cref="CallSession"/> drives it: one logical leg, however many sockets it takes.</summary>
/// <remarks>Called under the session's gate; no method blocks. Nothing leaves before <see cref="Flush"/>.</remarks>
internal interface IModelLeg
{
    /// <summary>Starts to connect; the setup follows by <see cref="Begin"/>. Called once.</summary>
    void Connect();

    /// <summary>Gives the setup, which goes out as soon as the socket is open.</summary>
    void Begin(ModelSetup setup);

    /// <summary>True where <see cref="SendAudio"/> may be called now; false while connecting, away or congested.</summary>
    bool TakesAudio { get; }

    /// <summary>Sends caller audio.</summary>
    /// <param name="pcm">s16le mono, 16 kHz; any length up to 100 ms.</param>
    void SendAudio(ReadOnlySpan<byte> pcm);

    /// <summary>The caller's stream pauses for more than a second.</summary>
    void SendAudioStreamEnd();

    /// <summary>Asks the model to speak first.</summary>
    /// <param name="text">What it is asked, in the user's role.</param>
    void SendOpeningText(string text);

    /// <summary>Says something to the model in mid-call, in the form that the model takes; it answers. Kept while the leg is away.</summary>
    /// <param name="text">In the user's role.</param>
    void SendText(string text);

    /// <summary>Tells a new session what has been said, from <see cref="IModelSink.OnModelBack"/>: before anything else.</summary>
    /// <param name="request">What the model is asked to do now, in the user's role; empty: it waits for the caller.</param>
    void SendHistory(IReadOnlyList<PastTurn> turns, string request);

    /// <summary>Answers one tool call; where its connection is gone, as text.</summary>
    /// <param name="response">JSON object; <c>output</c> or <c>error</c> inside.</param>
    void SendToolResponse(string id, string name, string response);

    void Flush();

    /// <summary>Gives up the connection and comes back on another. Without effect before the first one is ready; while the leg is away, <see cref="ReconnectKind.Fresh"/> changes how it comes back.</summary>
    /// <param name="why">For operators; no secret, no caller's words.</param>
    void Reconnect(ReconnectKind kind, string why);

    /// <summary>Ends the leg in bounded time. Any number of times; also while connecting.</summary>
    void Close();

    /// <summary>Completes when the socket is gone, also where none was ever opened. Never faults.</summary>
    Task Closed { get; }
}

/// <summary>What the first message to the model says; the model room renders it by the model's rules.</summary>
internal sealed record ModelSetup
{
    /// <summary>System instruction, objective block included.</summary>
    public required string Instruction { get; init; }

    public string Voice { get; init; } = "";

    /// <summary>BCP 47; empty: the model decides.</summary>
    public string Language { get; init; } = "";

    /// <summary>Overrides the configured model; empty: none.</summary>
    public string Model { get; init; } = "";

    public IReadOnlyList<ToolDeclaration> Tools { get; init; } = [];
}

/// <param name="Parameters">JSON Schema of the arguments, an object; empty: the tool takes none.</param>
internal sealed record ToolDeclaration(string Name, string Description, string Parameters);

/// <summary>What the model leg tells the session. One call at a time, from the leg's receive loop; spans and strings are lent and owned respectively.</summary>
internal interface IModelSink
{
    /// <summary>The first setup is complete. Once. What is sent from within comes before any audio, which is taken from the next <see cref="OnModelBatchEnd"/> on.</summary>
    /// <param name="model">The model that answered.</param>
    void OnModelReady(string model);

    /// <summary>The leg has no connection and is about to come back; audio and everything else waits. Also from within <see cref="IModelLeg.Reconnect"/>.</summary>
    void OnModelAway(ModelAbsence absence);

    /// <summary>A new session is about to be opened in place of the old one: what <see cref="OnModelBack"/> will need can be fetched. Bounded; never faults.</summary>
    Task OnFreshSessionAsync();

    /// <summary>The leg is back on a new connection. As with <see cref="OnModelReady"/>, what is sent from within comes before any audio.</summary>
    void OnModelBack(ModelReturn back);

    /// <summary>Something to be written down, and no more.</summary>
    /// <param name="detail">For operators; holds no secret.</param>
    void OnModelEvent(ModelEventKind kind, string detail);

    /// <summary>Model audio.</summary>
    /// <param name="pcm">s16le mono.</param>
    /// <param name="sampleRate">[Hz]</param>
    void OnModelAudio(ReadOnlySpan<byte> pcm, int sampleRate);

    /// <summary>The caller talked over the model: what it generated and nobody heard is void.</summary>
    void OnModelInterrupted();

    /// <summary>All audio of the turn has been sent.</summary>
    void OnModelGenerationComplete();

    /// <summary>The turn is over.</summary>
    /// <param name="note">What the model says of it.</param>
    void OnModelTurnComplete(TurnNote note = TurnNote.None);

    /// <summary>A piece of what the caller was understood to say; the text is gone after the call.</summary>
    void OnCallerTranscript(ReadOnlySpan<char> text);

    /// <summary>A piece of what the model says; the text is gone after the call.</summary>
    void OnModelTranscript(ReadOnlySpan<char> text);

    void OnToolCall(ToolCall call);

    void OnToolCallCancelled(string id);

    void OnModelUsage(long promptTokens, long responseTokens);

    /// <summary>The model announces that it will close the connection.</summary>
    void OnModelGoAway(TimeSpan timeLeft);

    /// <summary>A handle with which the session can be resumed as it is now; empty: at this moment it cannot be.</summary>
    void OnModelHandle(string handle);

    /// <summary>Everything that arrived together has been told: flush what it caused.</summary>
    void OnModelBatchEnd();

    /// <summary>The leg is over and will not come back. Once, last; not after <see cref="IModelLeg.Close"/>.</summary>
    void OnModelClosed(ModelEnding ending);
}

/// <param name="Id">The model's id of it.</param>
/// <param name="Arguments">JSON object.</param>
internal sealed record ToolCall(string Id, string Name, string Arguments);

/// <param name="Reason"><see cref="CallEndReason.ModelUnreachable"/>, <see cref="CallEndReason.ModelRefused"/>, <see cref="CallEndReason.ModelEnded"/> or <see cref="CallEndReason.ModelLost"/>.</param>
/// <param name="Detail">Code, text and stage, for operators; holds no secret.</param>
internal readonly record struct ModelEnding(CallEndReason Reason, string Detail);
