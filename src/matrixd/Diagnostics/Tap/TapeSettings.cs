namespace Matrixd.Diagnostics;

/// <summary>Names of the settings in a tape's first line; durations [ms].</summary>
internal static class TapeSettings
{
    public const string CallMax = "call_max_ms";
    public const string MediaIdle = "media_idle_ms";
    public const string CloseTimeout = "close_timeout_ms";
    public const string ModelReadyTimeout = "model_ready_timeout_ms";
    public const string OutboundLead = "outbound_lead_ms";
    public const string UplinkFrame = "uplink_frame_ms";
    public const string UplinkBuffer = "uplink_buffer_ms";
    public const string RotateAfter = "rotate_after_ms";
}
