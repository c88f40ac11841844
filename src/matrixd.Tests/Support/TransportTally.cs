using System.IO.Pipelines;
using Matrixd.Transport;

namespace Matrixd.Tests.Support;

/// <summary>A transport that tells of its writes; everything goes on to the one below.</summary>
/// <param name="name">What a write is told as.</param>
/// <param name="log">Where; written to by the thread that writes.</param>
internal sealed class TransportTally(LinkTransport inner, string name, List<string> log) : LinkTransport
{
    private int _writes;

    public int Writes => Volatile.Read(ref _writes);

    public override PipeReader Input => inner.Input;

    public override string RemoteEndPoint => inner.RemoteEndPoint;

    public override Task<bool> ReceiveAsync(ILinkReceiver receiver) => inner.ReceiveAsync(receiver);

    public override bool Postpone(Action write) => inner.Postpone(write);

    public override bool BeginWrite(ReadOnlyMemory<byte> bytes, Action written)
    {
        Interlocked.Increment(ref _writes);
        lock (log)
        {
            log.Add(name);
        }

        return inner.BeginWrite(bytes, written);
    }

    public override void EndWrite() => inner.EndWrite();

    public override void Abort() => inner.Abort();

    public override ValueTask CloseAsync() => inner.CloseAsync();
}
