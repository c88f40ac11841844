using System.Net;

namespace Matrixd.Transport.Loop;

/// <summary>A TCP connect that does not wait.</summary>
internal sealed class ConnectStep(IPEndPoint peer) : LoopStep
{
    private bool _begun;

    public override uint Advance(int fd)
    {
        if (_begun)
        {
            return LoopSocket.TakeError(fd) is var error and not 0 ? throw new IOException(Libc.Text(error)) : 0u;
        }

        _begun = true;
        return LoopSocket.Connect(fd, peer) ? 0u : Libc.EPOLLOUT;
    }
}
