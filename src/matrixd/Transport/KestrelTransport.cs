using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Connections.Features;

namespace Matrixd.Transport;

/// <summary>A connection of Kestrel's after its upgrade, read and written below the HTTP layer.</summary>
/// <remarks>
/// Over TLS the pipes are those of Kestrel's TLS layer, otherwise those of its socket. The pipe of a socket takes up to
/// <c>KestrelServerLimits.MaxResponseBufferSize</c> bytes ahead of it: they count as written here. Kestrel ends the connection
/// itself, with a FIN, once the request's handler returns; so there is nothing to do in <see cref="CloseAsync"/>.
/// </remarks>
internal sealed class KestrelTransport(IDuplexPipe pipes, IConnectionLifetimeFeature lifetime, string remoteEndPoint) : LinkTransport
{
    private ValueTaskAwaiter<FlushResult> _write;

    public override PipeReader Input => pipes.Input;

    public override string RemoteEndPoint => remoteEndPoint;

    public override bool BeginWrite(ReadOnlyMemory<byte> bytes, Action written)
    {
#pragma warning disable CA2012 // one write at a time, consumed once: by EndWrite
        _write = pipes.Output.WriteAsync(bytes).GetAwaiter();
#pragma warning restore CA2012
        if (_write.IsCompleted)
        {
            return true;
        }

        _write.UnsafeOnCompleted(written);
        return false;
    }

    public override void EndWrite()
    {
        FlushResult result = _write.GetResult();
        if (result.IsCompleted || result.IsCanceled)
        {
            throw new IOException($"{remoteEndPoint} has gone: what was sent last may not have arrived");
        }
    }

    public override void Abort()
    {
        lifetime.Abort();
        pipes.Input.CancelPendingRead();
    }

    public override ValueTask CloseAsync() => ValueTask.CompletedTask;
}
