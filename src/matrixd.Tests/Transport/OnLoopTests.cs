using Matrixd.Tests.Support;
using Xunit;

namespace Matrixd.Tests.Transport;

// What holds for sockets of the base library holds for event loops: the same tests, on the other ground. U4, U14, L7.

public sealed class CloseOnLoopTests : CloseTests
{
    public CloseOnLoopTests() => TransportGround.Enter();
}

public sealed class SlowPeerOnLoopTests : SlowPeerTests
{
    public SlowPeerOnLoopTests() => TransportGround.Enter();
}

public sealed class EchoOnLoopTests : EchoTests
{
    public EchoOnLoopTests() => TransportGround.Enter();
}

public sealed class InteropOnLoopTests : InteropTests
{
    public InteropOnLoopTests() => TransportGround.Enter();
}

public sealed class DialOnLoopTests : DialTests
{
    public DialOnLoopTests() => TransportGround.Enter();
}

public sealed class TlsDialOnLoopTests : TlsDialTests
{
    public TlsDialOnLoopTests() => TransportGround.Enter();
}

public sealed class TlsFaultOnLoopTests : TlsFaultTests
{
    public TlsFaultOnLoopTests() => TransportGround.Enter();

    protected override string OldServerWords => "the server does not speak TLS 1.2 or newer";
}

public sealed class ProxyDialOnLoopTests : ProxyDialTests
{
    public ProxyDialOnLoopTests() => TransportGround.Enter();
}

public sealed class ProtocolOnLoopTests(LoopEchoServer echo) : ProtocolTests(echo), IClassFixture<LoopEchoServer>;

public sealed class HandshakeOnLoopTests(LoopEchoServer echo) : HandshakeTests(echo), IClassFixture<LoopEchoServer>;

public sealed class LoopEchoServer : ProtocolTests.EchoServer
{
    public override Task InitializeAsync()
    {
        TransportGround.Enter();
        return base.InitializeAsync();
    }
}

[Collection(nameof(AllocationTests))]
public sealed class AllocationOnLoopTests : AllocationTests
{
    public AllocationOnLoopTests() => TransportGround.Enter();
}
