namespace Matrixd.Calls;

/// <summary>The caller's end of a call, as <see cref="CallSession"/> drives it.</summary>
/// <remarks>Called under the session's gate, never concurrently; no method blocks. Nothing leaves before <see cref="Flush"/>.</remarks>
internal interface ICallerLeg
{
    /// <summary>Bytes handed over that the network has not taken yet.</summary>
    int QueuedBytes { get; }

    /// <summary>Sends one chunk of the model's audio.</summary>
    /// <param name="pcm">s16le mono at the caller's rate; at least 3,200 and at most 100,000 bytes, a multiple of 320.</param>
    void SendChunk(ReadOnlySpan<byte> pcm);

    /// <summary>Asks to be told when everything sent before has been played.</summary>
    void SendMark(long mark);

    /// <summary>Drops what the carrier holds and has not played.</summary>
    void SendClear();

    void Flush();

    /// <summary>Ends the leg: close code by <paramref name="reason"/>, in bounded time.</summary>
    void Close(CallEndReason reason);
}
