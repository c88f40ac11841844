using Microsoft.Extensions.Logging;

namespace Matrixd.Calls;

/// <summary>Does what the watch of a call says: asks the model to go on, gives it another connection, another session, or the call up.</summary>
/// <remarks>Owned by one call, under its gate; asked from the call's housekeeping.</remarks>
internal sealed partial class StallGuard(CallSession call, CallEnvironment environment)
{
    private readonly StallOptions _options = environment.Options.Stalls;
    private readonly ILogger _logger = environment.Logger;

    /// <summary>Told what is heard on either side; null: nobody watches.</summary>
    public StallWatch? Watch { get; } = environment.Options.Stalls.IsEnabled ? new StallWatch(environment.Options.Stalls) : null;

    /// <summary>The model was asked to speak.</summary>
    public void Asked() => Watch?.Asked(call.Media.Elapsed);

    public void Check()
    {
        ModelEvents events = call.Events;
        bool canSpeak = call.IsJoined && events.IsReady && !events.Life.IsAway;
        StallView view = new(canSpeak, events.Tools.IsAny, call.Media.IsPlaying);
        if (Watch?.Check(call.Media.Elapsed, view) is { } stall)
        {
            Act(stall);
        }
    }

    private void Act(Stall stall)
    {
        string why = FormattableString.Invariant($"{stall.Cause.Words()} for {stall.Lasted.TotalSeconds:0.0} s");
        LogStalled(call.CallSid, why, stall.Step);
        ModelLife life = call.Events.Life;
        if (stall.IsFirst)
        {
            life.Note(stall.Cause.Kind(), why);
        }

        if (stall.Cause is StallCause.SilentAudio or StallCause.FaintAudio)
        {
            call.Media.DropTurn(); // what is left of it would hold up what comes
        }

        life.Ask(_options.Nudge); // once there is another connection, it is told there
        switch (stall.Step)
        {
            case StallStep.Nudge:
                life.Note(ModelEventKind.Nudged, stall.Cause.Words());
                call.Model.SendText(_options.Nudge);
                break;
            case StallStep.Resume:
                call.Model.Reconnect(ReconnectKind.Resume, why);
                break;
            case StallStep.Fresh:
                call.Model.Reconnect(ReconnectKind.Fresh, why);
                break;
            default:
                string detail = $"stalled, {why}: neither a word to it nor another connection nor another session helped";
                life.Note(ModelEventKind.GaveUp, detail);
                call.LoseModel(new ModelEnding(CallEndReason.ModelLost, detail));
                break;
        }
    }

    [LoggerMessage(1040, LogLevel.Warning, "call {CallSid}: the model stalls: {Why}; {Step}")]
    private partial void LogStalled(CallSid callSid, string why, StallStep step);
}
