using System.IO.Pipelines;
using System.Net.Sockets;
using System.Runtime.CompilerServices;

namespace Matrixd.Transport;

/// <summary>A connection we dialled: a socket, with TLS or without.</summary>
/// <remarks>Owns socket, stream and reader. While nothing arrives the reader waits with no buffer in hand.</remarks>
internal sealed class StreamTransport : LinkTransport
{
    // One TLS record is at most 16 KiB, so that a record's worth of frames lies in one piece.
    private const int ReadBufferBytes = 16 * 1024;

    // With less room than this left behind an unread piece, the next read takes a new buffer.
    private const int MinimumReadBytes = 1024;

    private static readonly StreamPipeReaderOptions ReaderOptions = new(
        bufferSize: ReadBufferBytes, minimumReadSize: MinimumReadBytes, leaveOpen: true, useZeroByteReads: true);

    private readonly Socket _socket;
    private readonly Stream _stream;
    private ValueTaskAwaiter _write;

    /// <param name="socket">Connected.</param>
    /// <param name="stream">Over the socket.</param>
    /// <param name="remoteEndPoint">Where the socket is connected to.</param>
    public StreamTransport(Socket socket, Stream stream, string remoteEndPoint)
    {
        _socket = socket;
        _stream = stream;
        Input = PipeReader.Create(stream, ReaderOptions);
        RemoteEndPoint = remoteEndPoint;
    }

    public override PipeReader Input { get; }

    public Socket Socket => _socket;

    public Stream Stream => _stream;

    public override string RemoteEndPoint { get; }

    public override bool BeginWrite(ReadOnlyMemory<byte> bytes, Action written)
    {
#pragma warning disable CA2012 // one write at a time, consumed once: by EndWrite
        _write = _stream.WriteAsync(bytes).GetAwaiter();
#pragma warning restore CA2012
        if (_write.IsCompleted)
        {
            return true;
        }

        _write.UnsafeOnCompleted(written);
        return false;
    }

    public override void EndWrite() => _write.GetResult();

    public override void Abort()
    {
        _socket.Close(0); // a reset: whatever waits in either direction is of no use any more
        Input.CancelPendingRead();
    }

    public override async ValueTask CloseAsync()
    {
        await Input.CompleteAsync();
        await _stream.DisposeAsync();
        _socket.Dispose();
    }
}
