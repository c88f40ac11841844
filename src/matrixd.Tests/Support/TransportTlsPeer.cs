using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Matrixd.Tests.Support;

/// <summary>A TLS server for one connection, on a thread of its own and on OpenSSL itself: it can do what the base library's cannot, ask for new keys for one.</summary>
/// <remarks>Everything but <see cref="Port"/>, <see cref="Played"/> and <see cref="Dispose"/> is for the script, on its thread. Between it and the client there are WebSocket frames, and no HTTP before them.</remarks>
internal sealed unsafe class TransportTlsPeer : IDisposable
{
    private const int PatienceMilliseconds = 60_000;
    private const int TicketBytes = 3000; // several records of the smallest size
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly TaskCompletionSource _played = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Thread _thread;
    private readonly byte[] _certificate;
    private readonly byte[] _key;
    private readonly Options _options;
    private Socket? _socket;
    private nint _ssl;

    private TransportTlsPeer(X509Certificate2 certificate, Options options, Action<TransportTlsPeer> script)
    {
        using ECDsa key = certificate.GetECDsaPrivateKey()!;
        (_certificate, _key, _options) = (certificate.RawData, key.ExportECPrivateKey(), options);
        if (options.ReceiveBytes > 0)
        {
            _listener.ReceiveBufferSize = options.ReceiveBytes;
        }

        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen();
        _thread = new Thread(() => Run(script)) { IsBackground = true, Name = "a TLS peer" };
        _thread.Start();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndPoint!).Port;

    /// <summary>The script's end, or what it failed with.</summary>
    public Task Played => _played.Task.WaitAsync(TimeSpan.FromMilliseconds(PatienceMilliseconds));

    /// <summary>The connection below TLS.</summary>
    public Socket Raw => _socket!;

    /// <summary>Accepts one connection, shakes hands, and plays.</summary>
    public static TransportTlsPeer Play(X509Certificate2 certificate, Action<TransportTlsPeer> script, Options? options = null) => new(certificate, options ?? new Options(), script);

    /// <summary>Has the client make new keys, and makes some.</summary>
    public void AskForNewKeys()
    {
        Check(TransportOpenSsl.SSL_key_update(_ssl, TransportOpenSsl.UpdateRequested), "SSL_key_update");
        Check(TransportOpenSsl.SSL_do_handshake(_ssl), "new keys");
    }

    /// <summary>Sends a session ticket.</summary>
    public void SendTicket()
    {
        Check(TransportOpenSsl.SSL_new_session_ticket(_ssl), "SSL_new_session_ticket");
        Check(TransportOpenSsl.SSL_do_handshake(_ssl), "a ticket");
    }

    /// <summary>close_notify.</summary>
    public void SayGoodbye() => _ = TransportOpenSsl.SSL_shutdown(_ssl);

    public void Write(ReadOnlySpan<byte> bytes)
    {
        fixed (byte* memory = bytes)
        {
            Check(TransportOpenSsl.SSL_write(_ssl, memory, bytes.Length), "SSL_write");
        }
    }

    public byte[] Read(int count)
    {
        byte[] bytes = new byte[count];
        fixed (byte* memory = bytes)
        {
            for (int at = 0; at < count;)
            {
                int read = TransportOpenSsl.SSL_read(_ssl, memory + at, count - at);
                Check(read, "SSL_read");
                at += read;
            }
        }

        return bytes;
    }

    public void Send(byte[] message) => Write(RawWebSocket.Frame(2, message, mask: false));

    /// <summary>The client's next message, which lies in one frame.</summary>
    public byte[] Receive()
    {
        byte[] head = Read(2);
        long size = head[1] & 0x7F;
        if (size >= 126)
        {
            size = Read(size == 126 ? 2 : 8).Aggregate(0L, (sum, next) => (sum << 8) | next);
        }

        byte[] mask = Read(4);
        byte[] message = Read((int)size);
        for (int i = 0; i < message.Length; i++)
        {
            message[i] ^= mask[i & 3];
        }

        return message;
    }

    /// <summary>Sends every message back until the client has gone.</summary>
    public void Echo()
    {
        while (true)
        {
            Send(Receive());
        }
    }

    public void Dispose()
    {
        _listener.Dispose();
        _socket?.Dispose();
        _thread.Join(PatienceMilliseconds);
    }

    private static void Check(int result, string what)
    {
        if (result <= 0)
        {
            throw new IOException($"{what}: {result}");
        }
    }

    private void Run(Action<TransportTlsPeer> script)
    {
        nint context = TransportOpenSsl.SSL_CTX_new(TransportOpenSsl.TLS_server_method());
        try
        {
            SetUp(context);
            _socket = _listener.Accept();
            _socket.NoDelay = true;
            _socket.ReceiveTimeout = PatienceMilliseconds;
            _socket.SendTimeout = PatienceMilliseconds;
            _ssl = TransportOpenSsl.SSL_new(context);
            Check(TransportOpenSsl.SSL_set_fd(_ssl, (int)_socket.Handle), "SSL_set_fd");
            Check(TransportOpenSsl.SSL_accept(_ssl), "SSL_accept");
            script(this);
            _played.TrySetResult();
        }
        catch (Exception e)
        {
            _played.TrySetException(e);
            _ = _played.Task.Exception; // whom it concerns looks at it
        }
        finally
        {
            TransportOpenSsl.SSL_free(_ssl);
            TransportOpenSsl.SSL_CTX_free(context);
        }
    }

    private void SetUp(nint context)
    {
        fixed (byte* certificate = _certificate, key = _key)
        {
            Check(TransportOpenSsl.SSL_CTX_use_certificate_ASN1(context, _certificate.Length, certificate), "the certificate");
            Check(TransportOpenSsl.SSL_CTX_use_PrivateKey_ASN1(TransportOpenSsl.EllipticCurveKey, context, key, _key.Length), "the key");
        }

        if (_options.SmallRecords)
        {
            Check((int)TransportOpenSsl.SSL_CTX_ctrl(context, TransportOpenSsl.ControlMaxSendFragment, 512, 0), "the size of records");
            Check(TransportOpenSsl.SSL_CTX_set_num_tickets(context, 0), "no tickets");
            Check(TransportOpenSsl.SSL_CTX_set_session_ticket_cb(context, &OnTicket, 0, 0), "tickets");
        }

        if (_options.Tls12)
        {
            Check((int)TransportOpenSsl.SSL_CTX_ctrl(context, TransportOpenSsl.ControlMaxVersion, TransportOpenSsl.Tls12, 0), "TLS 1.2");
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int OnTicket(nint ssl, nint argument)
    {
        byte* data = stackalloc byte[TicketBytes];
        return TransportOpenSsl.SSL_SESSION_set1_ticket_appdata(TransportOpenSsl.SSL_get_session(ssl), data, TicketBytes);
    }

    /// <param name="ReceiveBytes">What the kernel may hold of what came; 0: as much as it likes.</param>
    /// <param name="Tls12">Nothing newer.</param>
    /// <param name="SmallRecords">Of 512 bytes; tickets, sent when the script says so, are longer than that.</param>
    internal sealed record Options(int ReceiveBytes = 0, bool Tls12 = false, bool SmallRecords = false);
}
