namespace Matrixd.Simulation;

/// <summary>The rules for what is sent to Exotel, by how they are broken.</summary>
internal enum ChunkFault
{
    None,

    /// <summary>Under 3,200 bytes.</summary>
    TooSmall,

    /// <summary>Over 100,000 bytes.</summary>
    TooLarge,

    /// <summary>No multiple of 320 bytes.</summary>
    NotMultiple,

    /// <summary>Payload that is no base64.</summary>
    NotBase64,

    /// <summary>Not the stream_sid of this stream.</summary>
    WrongStream,

    /// <summary>Not JSON in a text frame, or an event without its members.</summary>
    Malformed,

    /// <summary>An event that Exotel knows nothing of.</summary>
    UnknownEvent,

    /// <summary>Sent before <c>start</c> or after <c>stop</c>.</summary>
    OutOfTurn,
}
