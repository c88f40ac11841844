namespace Matrixd.Calls;

/// <summary>A media stream that the carrier has started.</summary>
/// <param name="From">As the carrier gives it.</param>
/// <param name="To">As the carrier gives it.</param>
/// <param name="SampleRate">Of both directions [Hz]: 8000, 16000 or 24000.</param>
internal sealed record CallStart(CallSid CallSid, StreamSid StreamSid, string From, string To, int SampleRate);
