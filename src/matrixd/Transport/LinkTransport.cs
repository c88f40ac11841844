using System.IO.Pipelines;

namespace Matrixd.Transport;

/// <summary>The bytes below a link: a pipe to read from, one write at a time, and two ways to end.</summary>
internal abstract class LinkTransport
{
    /// <summary>What the peer sends. Read by the link alone.</summary>
    public abstract PipeReader Input { get; }

    /// <summary>The peer's address and port.</summary>
    public abstract string RemoteEndPoint { get; }

    /// <summary>Starts a write of all of <paramref name="bytes"/>; no other is under way.</summary>
    /// <param name="bytes">Untouched until the write has ended.</param>
    /// <param name="written">Called once, from whatever thread ends the write, where it did not end at once.</param>
    /// <returns>True where it ended at once. Either way <see cref="EndWrite"/> follows.</returns>
    public abstract bool BeginWrite(ReadOnlyMemory<byte> bytes, Action written);

    /// <summary>The result of the write: returns, or throws what it failed with.</summary>
    public abstract void EndWrite();

    /// <summary>Cuts the connection: reads and writes under way end. Any thread, any number of times.</summary>
    public abstract void Abort();

    /// <summary>Ends the connection once all is written. Called once, after the last read.</summary>
    public abstract ValueTask CloseAsync();
}
