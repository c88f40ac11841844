namespace Matrixd.Transport.Loop;

/// <summary>What became of a read, write or handshake that did not wait.</summary>
internal enum IoResult
{
    Done,

    /// <summary>Again when the socket can be read.</summary>
    WantsRead,

    /// <summary>Again when the socket can be written.</summary>
    WantsWrite,

    /// <summary>The peer has ended the stream.</summary>
    Ended,

    Failed,
}
