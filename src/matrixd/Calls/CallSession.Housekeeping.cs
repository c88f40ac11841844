using Matrixd.Timing;

namespace Matrixd.Calls;

// What is to be looked at five times a second. A frame of the caller does it in passing, while the call is in the processor's caches anyway;
// the timer, which would have to wait for memory, is there for when none comes.
internal sealed partial class CallSession
{
    private static readonly TimeSpan s_housekeeping = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan s_onFrame = TimeSpan.FromMilliseconds(170); // so that a frame is there before the timer is due, be it late by one

    private readonly WheelTimer _housekeeping;
    private TimeSpan _nextHousekeeping;

    private void Housekeep()
    {
        lock (_gate)
        {
            if (_endReason != CallEndReason.None)
            {
                return;
            }

            KeepHouse();
            _model.Flush();
            _caller.Flush();
        }
    }

    private void KeepHouse()
    {
        SetHousekeeping(); // first: whatever fails below, the limits are looked at again
        _media.Housekeep();
        _events.Life.Housekeep();
        _media.Pump();
        CheckLimits();
        _events.Stalls.Check();
    }

    private void SetHousekeeping()
    {
        _nextHousekeeping = _media.Elapsed + s_onFrame;
        _environment.Wheel.Set(_housekeeping, s_housekeeping);
    }

    private void CheckLimits()
    {
        CallsOptions options = _environment.Options;
        if (_apology?.IsOver(_media.Elapsed, _media.IsPlaying) == true)
        {
            Stop(_apology.Ending.Reason, _apology.Ending.Detail);
        }
        else if (!_events.IsReady && _apology is null && _media.Elapsed >= options.ModelReadyTimeout)
        {
            LoseModel(new ModelEnding(CallEndReason.ModelUnreachable, $"no setupComplete within {options.ModelReadyTimeout.TotalSeconds:0.#} s"));
        }
        else if (_media.Fault is { } fault)
        {
            Stop(CallEndReason.MediaLost, fault);
        }
        else if (_media.Elapsed >= options.CallMax)
        {
            Stop(CallEndReason.LimitDuration, $"limits.call_max of {options.CallMax.TotalMinutes:0.#} min reached");
        }
    }
}
