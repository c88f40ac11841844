namespace Matrixd.Exotel;

/// <summary>The start frame, as it came.</summary>
/// <param name="SampleRate">[Hz]; 0 where none came or it was no number.</param>
internal sealed record ExotelStart(string StreamSid, string CallSid, string AccountSid, string From, string To, int SampleRate);
