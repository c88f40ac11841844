using System.Runtime.InteropServices;

namespace Matrixd.Tests.Support;

/// <summary>What a test's server needs of OpenSSL 3.</summary>
internal static unsafe partial class TransportOpenSsl
{
    public const int EllipticCurveKey = 408;
    public const int UpdateRequested = 1;
    public const int ControlMaxSendFragment = 52;
    public const int ControlMaxVersion = 124;
    public const int Tls12 = 0x0303;

    private const string Ssl = "libssl.so.3";

    [LibraryImport(Ssl)]
    public static partial nint TLS_server_method();

    [LibraryImport(Ssl)]
    public static partial nint SSL_CTX_new(nint method);

    [LibraryImport(Ssl)]
    public static partial void SSL_CTX_free(nint context);

    [LibraryImport(Ssl)]
    public static partial nint SSL_CTX_ctrl(nint context, int command, nint value, nint pointer);

    [LibraryImport(Ssl)]
    public static partial int SSL_CTX_use_certificate_ASN1(nint context, int size, byte* der);

    [LibraryImport(Ssl)]
    public static partial int SSL_CTX_use_PrivateKey_ASN1(int type, nint context, byte* der, nint size);

    [LibraryImport(Ssl)]
    public static partial int SSL_CTX_set_session_ticket_cb(nint context, delegate* unmanaged[Cdecl]<nint, nint, int> made, nint used, nint argument);

    [LibraryImport(Ssl)]
    public static partial int SSL_CTX_set_num_tickets(nint context, nint count);

    [LibraryImport(Ssl)]
    public static partial nint SSL_get_session(nint ssl);

    [LibraryImport(Ssl)]
    public static partial int SSL_SESSION_set1_ticket_appdata(nint session, byte* data, nint size);

    [LibraryImport(Ssl)]
    public static partial int SSL_new_session_ticket(nint ssl);

    [LibraryImport(Ssl)]
    public static partial nint SSL_new(nint context);

    [LibraryImport(Ssl)]
    public static partial void SSL_free(nint ssl);

    [LibraryImport(Ssl)]
    public static partial int SSL_set_fd(nint ssl, int fd);

    [LibraryImport(Ssl)]
    public static partial int SSL_accept(nint ssl);

    [LibraryImport(Ssl)]
    public static partial int SSL_key_update(nint ssl, int type);

    [LibraryImport(Ssl)]
    public static partial int SSL_do_handshake(nint ssl);

    [LibraryImport(Ssl)]
    public static partial int SSL_read(nint ssl, byte* buffer, int count);

    [LibraryImport(Ssl)]
    public static partial int SSL_write(nint ssl, byte* buffer, int count);

    [LibraryImport(Ssl)]
    public static partial int SSL_shutdown(nint ssl);
}
