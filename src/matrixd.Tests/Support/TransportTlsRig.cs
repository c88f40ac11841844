using System.Net;
using System.Security.Cryptography.X509Certificates;
using Matrixd.Transport;
using Matrixd.Transport.Loop;
using Xunit;

namespace Matrixd.Tests.Support;

/// <summary>One event loop with TLS connections on it, over real sockets, and servers at their other ends.</summary>
internal sealed class TransportTlsRig : IDisposable
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly TransportCertificates _certificates = new();
    private readonly X509Certificate2 _certificate;
    private readonly TransportWheel _wheel = new();
    private readonly List<IDisposable> _servers = [];
    private readonly List<(WebSocketLink Link, Task Running)> _links = [];

    public TransportTlsRig()
    {
        _certificate = _certificates.Localhost();
        Loop = OpenSsl.Missing.Length > 0 ? throw new InvalidOperationException(OpenSsl.Missing) : new EventLoop("the loop", wheel: null, Owner);
        Loop.Start();
    }

    public TransportLoopOwner Owner { get; } = new();

    public EventLoop Loop { get; }

    public static void Await(ManualResetEventSlim what) => Assert.True(what.Wait(Patience));

    /// <summary>Bytes that are like no others.</summary>
    public static byte[] Bytes(int count, int seed)
    {
        byte[] bytes = new byte[count];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    public static void Send(WebSocketLink link, byte[] message)
    {
        Assert.True(link.Send(WebSocketOpcode.Binary, message));
        link.Flush();
    }

    public TransportTlsPeer Peer(Action<TransportTlsPeer> script, TransportTlsPeer.Options? options = null)
    {
        TransportTlsPeer peer = TransportTlsPeer.Play(_certificate, script, options);
        _servers.Add(peer);
        return peer;
    }

    /// <summary>A session that nobody has shaken hands with.</summary>
    public TlsSession NewSession(int port)
    {
        X509Certificate2Collection roots = [];
        roots.ImportFromPemFile(_certificates.CaFile);
        return TlsContext.NewSession(roots, Target(port));
    }

    /// <summary>Connects, and shakes hands.</summary>
    /// <param name="sendBytes">What the kernel may hold of what was sent; 0: as much as it likes.</param>
    public async Task<LoopTransport> DialAsync(int port, int sendBytes = 0)
    {
        var ground = new LoopDialGround(Loop);
        LinkTransport transport = await ground.ConnectAsync([IPAddress.Loopback], port, CancellationToken.None).WaitAsync(Patience);
        if (sendBytes > 0)
        {
            ((LoopTransport)transport).Connection.LimitSending(sendBytes);
        }

        return (LoopTransport)(await ground.SecureAsync(transport, Target(port), CancellationToken.None).WaitAsync(Patience)).Transport;
    }

    public Task<WebSocketLink> LinkAsync(TransportTlsPeer peer, TransportSink sink, int sendBytes = 0) => LinkAsync(peer.Port, sink, sendBytes);

    /// <summary>Connects, shakes hands, and reads from then on.</summary>
    public async Task<WebSocketLink> LinkAsync(int port, TransportSink sink, int sendBytes = 0) => Run(await DialAsync(port, sendBytes), sink);

    public WebSocketLink Run(LoopTransport transport, TransportSink sink)
    {
        var limits = new WebSocketLimits { MaxMessageBytes = 16 << 20, SendQueueBytes = 32 << 20, SendTimeout = TimeSpan.FromMinutes(2), CloseTimeout = TimeSpan.FromMinutes(2) };
        var link = new PipeWebSocketLink(transport, isServer: false, limits, _wheel.Wheel);
        _links.Add((link, Task.Run(() => link.RunAsync(sink)))); // on the pool: the end is waited for on the test's thread
        return link;
    }

    /// <summary>Runs on the loop's thread.</summary>
    public async Task<T> OnLoopAsync<T>(Func<T> work)
    {
        var call = new Call<T>(work);
        Loop.Post(call);
        return await call.Result.WaitAsync(Patience);
    }

    /// <summary>What was sent waits: the kernel has taken what it takes.</summary>
    public async Task WaitsAsync(WebSocketLink link)
    {
        int before = -1;
        await Eventually.TrueAsync(
            async () =>
            {
                int now = await OnLoopAsync(() => link.QueuedBytes);
                (bool same, before) = (now == before && now > 0, now);
                return same;
            },
            "the write waits");
    }

    public void Dispose()
    {
        foreach ((WebSocketLink link, Task running) in _links)
        {
            link.Abort();
            running.Wait(Patience);
        }

        _servers.ForEach(server => server.Dispose());
        Loop.Dispose();
        _wheel.Dispose();
        _certificate.Dispose();
        _certificates.Dispose();
    }

    private WebSocketDialTarget Target(int port) => new()
    {
        Host = "localhost",
        Port = port,
        Tls = true,
        RequestTarget = "/",
        CaFile = _certificates.CaFile,
        Loop = Loop,
    };

    private sealed class Call<T>(Func<T> work) : LoopHandler
    {
        private readonly TaskCompletionSource<T> _result = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task<T> Result => _result.Task;

        public override void OnPosted() => _result.TrySetResult(work());

        public override void OnFault(Exception error) => _result.TrySetException(error);
    }
}
