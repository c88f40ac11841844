namespace Matrixd.Exotel;

/// <summary>Kinds of frames Exotel sends.</summary>
internal enum ExotelEvent
{
    /// <summary>Not one we know: ignored and counted.</summary>
    Unknown,
    Connected,
    Start,
    Media,
    Dtmf,
    Mark,
    Stop,
}

/// <summary>One frame from Exotel, as far as the frame path needs it; spans point into the message.</summary>
/// <remarks>Source: wire facts of Exotel, frames to us. Counters come quoted or bare, names in snake_case or camelCase, keys in any order.</remarks>
internal ref struct ExotelFrame
{
    public ExotelEvent Event;

    /// <summary>Empty: none came.</summary>
    public ReadOnlySpan<byte> StreamSid;

    /// <summary>-1: none came, or not a number.</summary>
    public long Sequence;

    /// <summary>Media: position in the stream [ms]; -1: none came.</summary>
    public long Timestamp;

    /// <summary>Media: base64 of s16le.</summary>
    public ReadOnlySpan<byte> Payload;

    /// <summary>Media: there was a payload, and it was a string.</summary>
    public bool HasPayload;

    /// <summary>Media: the payload stands in the JSON with escapes (<c>\/</c>).</summary>
    public bool PayloadIsEscaped;

    /// <summary>Media: our own audio played back to us (<c>track: outbound</c>).</summary>
    public bool IsOutbound;

    /// <summary>Mark: its name.</summary>
    public ReadOnlySpan<byte> MarkName;

    /// <summary>Dtmf: the digit; 0: none.</summary>
    public byte Digit;
}
