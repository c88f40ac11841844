using System.Text;

namespace Matrixd.Tests.Support;

/// <summary>A stream that keeps what was read through it, and can read a TLS ClientHello's ALPN list from that.</summary>
internal sealed class TransportRecorder(Stream inner) : Stream
{
    private readonly List<byte> _read = [];

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>The protocols of the first ClientHello. Source: RFC 8446 §4.1.2, RFC 7301 §3.1.</summary>
    public IReadOnlyList<string> OfferedProtocols()
    {
        byte[] hello = [.. _read];
        int at = 5 + 4 + 2 + 32; // record head, handshake head, version, random
        at += 1 + hello[at]; // session id
        at += 2 + Short(hello, at); // cipher suites
        at += 1 + hello[at]; // compression
        int end = at + 2 + Short(hello, at);
        at += 2;
        while (at < end)
        {
            int type = Short(hello, at);
            int size = Short(hello, at + 2);
            if (type == 16)
            {
                return Names(hello.AsSpan(at + 6, size - 2));
            }

            at += 4 + size;
        }

        return [];
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        int count = await inner.ReadAsync(buffer, cancellationToken);
        _read.AddRange(buffer.Span[..count]);
        return count;
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) => inner.WriteAsync(buffer, cancellationToken);

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush() => inner.Flush();

    public override Task FlushAsync(CancellationToken cancellationToken) => inner.FlushAsync(cancellationToken);

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    private static int Short(byte[] bytes, int at) => (bytes[at] << 8) | bytes[at + 1];

    private static List<string> Names(ReadOnlySpan<byte> list)
    {
        var names = new List<string>();
        while (!list.IsEmpty)
        {
            names.Add(Encoding.ASCII.GetString(list.Slice(1, list[0])));
            list = list[(1 + list[0])..];
        }

        return names;
    }
}
