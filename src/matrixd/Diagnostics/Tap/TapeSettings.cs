using System.Text.Json;
using Matrixd.Calls;

namespace Matrixd.Diagnostics;

/// <summary>The settings in a tape's first line: all that decides how a call runs. Durations [ms].</summary>
internal static class TapeSettings
{
    private const string BargeIn = "barge_in";
    private const string Watchdog = "watchdog";

    public static void Write(Utf8JsonWriter json, CallsOptions calls)
    {
        Time(json, "call_max_ms", calls.CallMax);
        Time(json, "media_idle_ms", calls.MediaIdle);
        Time(json, "close_timeout_ms", calls.CloseTimeout);
        Time(json, "model_ready_timeout_ms", calls.ModelReadyTimeout);
        Time(json, "outbound_lead_ms", calls.OutboundLead);
        Time(json, "uplink_frame_ms", calls.UplinkFrame);
        Time(json, "uplink_buffer_ms", calls.UplinkBuffer);
        Time(json, "rotate_after_ms", calls.RotateAfter);
        json.WriteStartObject(BargeIn);
        json.WriteBoolean("local", calls.BargeIn.IsLocal);
        json.WriteBoolean("reversible", calls.BargeIn.IsReversible);
        Time(json, "minimum_speech_ms", calls.BargeIn.MinimumSpeech);
        Time(json, "grace_ms", calls.BargeIn.Grace);
        Time(json, "start_grace_ms", calls.BargeIn.StartGrace);
        Time(json, "confirm_ms", calls.BargeIn.Confirm);
        Time(json, "resume_after_ms", calls.BargeIn.ResumeAfter);
        json.WriteEndObject();
        json.WriteStartObject(Watchdog);
        json.WriteBoolean("enabled", calls.Stalls.IsEnabled);
        Time(json, "no_answer_ms", calls.Stalls.NoAnswer);
        Time(json, "silent_audio_ms", calls.Stalls.SilentAudio);
        Time(json, "no_message_ms", calls.Stalls.NoMessage);
        Time(json, "broken_turn_ms", calls.Stalls.BrokenTurn);
        Time(json, "step_ms", calls.Stalls.Step);
        json.WriteString("nudge", calls.Stalls.Nudge);
        json.WriteEndObject();
    }

    /// <summary>What is not there, for the tape is older than the setting, is as usual.</summary>
    public static CallsOptions Read(JsonElement settings)
    {
        CallsOptions usual = new() { MaxCalls = 1 };
        return usual with
        {
            CallMax = Time(settings, "call_max_ms", usual.CallMax),
            MediaIdle = Time(settings, "media_idle_ms", usual.MediaIdle),
            CloseTimeout = Time(settings, "close_timeout_ms", usual.CloseTimeout),
            ModelReadyTimeout = Time(settings, "model_ready_timeout_ms", usual.ModelReadyTimeout),
            OutboundLead = Time(settings, "outbound_lead_ms", usual.OutboundLead),
            UplinkFrame = Time(settings, "uplink_frame_ms", usual.UplinkFrame),
            UplinkBuffer = Time(settings, "uplink_buffer_ms", usual.UplinkBuffer),
            RotateAfter = Time(settings, "rotate_after_ms", usual.RotateAfter),
            BargeIn = settings.TryGetProperty(BargeIn, out JsonElement bargeIn) ? ReadBargeIn(bargeIn, usual.BargeIn) : usual.BargeIn,
            Stalls = settings.TryGetProperty(Watchdog, out JsonElement watchdog) ? ReadWatchdog(watchdog, usual.Stalls) : usual.Stalls,
        };
    }

    private static BargeInOptions ReadBargeIn(JsonElement settings, BargeInOptions usual) => new()
    {
        IsLocal = Flag(settings, "local", usual.IsLocal),
        IsReversible = Flag(settings, "reversible", usual.IsReversible),
        MinimumSpeech = Time(settings, "minimum_speech_ms", usual.MinimumSpeech),
        Grace = Time(settings, "grace_ms", usual.Grace),
        StartGrace = Time(settings, "start_grace_ms", usual.StartGrace),
        Confirm = Time(settings, "confirm_ms", usual.Confirm),
        ResumeAfter = Time(settings, "resume_after_ms", usual.ResumeAfter),
    };

    private static StallOptions ReadWatchdog(JsonElement settings, StallOptions usual) => new()
    {
        IsEnabled = Flag(settings, "enabled", usual.IsEnabled),
        NoAnswer = Time(settings, "no_answer_ms", usual.NoAnswer),
        SilentAudio = Time(settings, "silent_audio_ms", usual.SilentAudio),
        NoMessage = Time(settings, "no_message_ms", usual.NoMessage),
        BrokenTurn = Time(settings, "broken_turn_ms", usual.BrokenTurn),
        Step = Time(settings, "step_ms", usual.Step),
        Nudge = settings.TryGetProperty("nudge", out JsonElement nudge) ? nudge.GetString() ?? usual.Nudge : usual.Nudge,
    };

    private static void Time(Utf8JsonWriter json, string name, TimeSpan value) => json.WriteNumber(name, value.TotalMilliseconds);

    private static TimeSpan Time(JsonElement settings, string name, TimeSpan usual) =>
        settings.TryGetProperty(name, out JsonElement value) ? TimeSpan.FromMilliseconds(value.GetDouble()) : usual;

    private static bool Flag(JsonElement settings, string name, bool usual) => settings.TryGetProperty(name, out JsonElement value) ? value.GetBoolean() : usual;
}
