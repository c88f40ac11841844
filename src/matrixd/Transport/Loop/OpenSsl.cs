using System.Runtime.InteropServices;

namespace Matrixd.Transport.Loop;

/// <summary>What is used of OpenSSL 3: libssl.so.3 and libcrypto.so.3, the ones that the base library loads too.</summary>
internal static unsafe partial class OpenSsl
{
    public const int VerifyPeer = 1;
    public const int TlsVersion12 = 0x0303;

    // SSL_ctrl and SSL_CTX_ctrl
    public const int CtrlMode = 33;
    public const int CtrlSetReadAhead = 41;
    public const int CtrlSessionCacheMode = 44;
    public const int CtrlSetHostName = 55;
    public const int CtrlSetMinVersion = 123;

    // SSL_get_error
    public const int ErrorWantRead = 2;
    public const int ErrorSystemCall = 5;
    public const int ErrorZeroReturn = 6;

    // SSL_CTX_set_mode
    public const int ModeReleaseBuffers = 16;

    public const ulong OptionNoRenegotiation = 1UL << 30;
    public const uint HostFlagNoPartialWildcards = 4;

    // ERR_GET_REASON of what SSL reports; 1000 + n is the peer's alert n.
    public const int ReasonUnexpectedEof = 294;
    public const int ReasonUnsupportedProtocol = 258;
    public const int ReasonAlertProtocolVersion = 1070;
    public const int ReasonAlertNoApplicationProtocol = 1120;
    public const int ReasonBits = 0x7FFFFF;

    private const string Ssl = "libssl.so.3";
    private const string Crypto = "libcrypto.so.3";
    private const ulong InitNoAtExit = 0x00080000;

    private static readonly Lazy<string> s_missing = new(Load);

    /// <summary>Why OpenSSL cannot be used; empty: it can.</summary>
    public static string Missing => s_missing.Value;

    /// <summary>The oldest error of this thread's queue; the queue is emptied.</summary>
    public static int TakeReason(out string text)
    {
        ulong code = GetError();
        ClearError();
        text = code == 0 ? "" : Marshal.PtrToStringUTF8(ReasonString(code)) ?? "";
        return (int)code & ReasonBits;
    }

    // Cleaning up at the process's exit is left to the process's exit: a loop may still be in a call.
    private static string Load()
    {
        if (!NativeLibrary.TryLoad(Ssl, out nint ssl) || !NativeLibrary.TryLoad(Crypto, out _))
        {
            return $"{Ssl} cannot be loaded";
        }

        if (!NativeLibrary.TryGetExport(ssl, "SSL_get1_peer_certificate", out _))
        {
            return $"{Ssl} is not OpenSSL 3";
        }

        return InitSsl(InitNoAtExit, 0) == 1 ? "" : $"{Ssl} cannot be initialised";
    }

    [LibraryImport(Ssl, EntryPoint = "OPENSSL_init_ssl")]
    private static partial int InitSsl(ulong options, nint settings);

    [LibraryImport(Ssl, EntryPoint = "TLS_client_method")]
    public static partial nint ClientMethod();

    [LibraryImport(Ssl, EntryPoint = "SSL_CTX_new")]
    public static partial nint ContextNew(nint method);

    [LibraryImport(Ssl, EntryPoint = "SSL_CTX_free")]
    public static partial void ContextFree(nint context);

    [LibraryImport(Ssl, EntryPoint = "SSL_CTX_ctrl")]
    public static partial nint ContextControl(nint context, int command, nint value, nint pointer);

    [LibraryImport(Ssl, EntryPoint = "SSL_CTX_set_options")]
    public static partial ulong ContextSetOptions(nint context, ulong options);

    [LibraryImport(Ssl, EntryPoint = "SSL_CTX_set_verify")]
    public static partial void ContextSetVerify(nint context, int mode, delegate* unmanaged[Cdecl]<int, nint, int> callback);

    [LibraryImport(Ssl, EntryPoint = "SSL_CTX_set_default_verify_paths")]
    public static partial int ContextSetDefaultVerifyPaths(nint context);

    [LibraryImport(Ssl, EntryPoint = "SSL_CTX_get_cert_store")]
    public static partial nint ContextGetStore(nint context);

    [LibraryImport(Ssl, EntryPoint = "SSL_CTX_set_alpn_protos")]
    public static partial int ContextSetAlpn(nint context, byte* protocols, uint size);

    [LibraryImport(Ssl, EntryPoint = "SSL_new")]
    public static partial nint New(nint context);

    [LibraryImport(Ssl, EntryPoint = "SSL_free")]
    public static partial void Free(nint ssl);

    [LibraryImport(Ssl, EntryPoint = "SSL_set0_rbio")]
    public static partial void SetReadBio(nint ssl, nint bio);

    [LibraryImport(Ssl, EntryPoint = "SSL_set0_wbio")]
    public static partial void SetWriteBio(nint ssl, nint bio);

    [LibraryImport(Ssl, EntryPoint = "SSL_set_connect_state")]
    public static partial void SetConnectState(nint ssl);

    [LibraryImport(Ssl, EntryPoint = "SSL_ctrl", StringMarshalling = StringMarshalling.Utf8)]
    public static partial nint Control(nint ssl, int command, nint value, string pointer);

    [LibraryImport(Ssl, EntryPoint = "SSL_get0_param")]
    public static partial nint GetVerifyParameters(nint ssl);

    [LibraryImport(Ssl, EntryPoint = "SSL_do_handshake")]
    public static partial int DoHandshake(nint ssl);

    [LibraryImport(Ssl, EntryPoint = "SSL_read")]
    public static partial int Read(nint ssl, void* buffer, int count);

    [LibraryImport(Ssl, EntryPoint = "SSL_write")]
    public static partial int Write(nint ssl, void* buffer, int count);

    [LibraryImport(Ssl, EntryPoint = "SSL_shutdown")]
    public static partial int Shutdown(nint ssl);

    [LibraryImport(Ssl, EntryPoint = "SSL_get_error")]
    public static partial int GetError(nint ssl, int result);

    [LibraryImport(Ssl, EntryPoint = "SSL_get0_alpn_selected")]
    public static partial void GetAlpn(nint ssl, byte** protocol, uint* size);

    [LibraryImport(Ssl, EntryPoint = "SSL_get_version")]
    public static partial nint GetVersion(nint ssl);

    [LibraryImport(Ssl, EntryPoint = "SSL_get_current_cipher")]
    public static partial nint GetCipher(nint ssl);

    [LibraryImport(Ssl, EntryPoint = "SSL_CIPHER_standard_name")]
    public static partial nint GetCipherName(nint cipher);

    [LibraryImport(Ssl, EntryPoint = "SSL_get_verify_result")]
    public static partial nint GetVerifyResult(nint ssl);

    [LibraryImport(Ssl, EntryPoint = "SSL_get1_peer_certificate")]
    public static partial nint GetPeerCertificate(nint ssl);

    [LibraryImport(Crypto, EntryPoint = "BIO_s_mem")]
    public static partial nint BioInMemory();

    [LibraryImport(Crypto, EntryPoint = "BIO_new")]
    public static partial nint BioNew(nint method);

    [LibraryImport(Crypto, EntryPoint = "BIO_up_ref")]
    public static partial int BioAddReference(nint bio);

    [LibraryImport(Crypto, EntryPoint = "BIO_free")]
    public static partial int BioFree(nint bio);

    [LibraryImport(Crypto, EntryPoint = "BIO_read")]
    public static partial int BioRead(nint bio, void* buffer, int count);

    [LibraryImport(Crypto, EntryPoint = "BIO_write")]
    public static partial int BioWrite(nint bio, void* buffer, int count);

    [LibraryImport(Crypto, EntryPoint = "BIO_ctrl_pending")]
    public static partial nint BioPending(nint bio);

    [LibraryImport(Crypto, EntryPoint = "X509_VERIFY_PARAM_set1_host", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int SetHost(nint parameters, string name, nint size);

    [LibraryImport(Crypto, EntryPoint = "X509_VERIFY_PARAM_set1_ip_asc", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int SetAddress(nint parameters, string address);

    [LibraryImport(Crypto, EntryPoint = "X509_VERIFY_PARAM_set_hostflags")]
    public static partial void SetHostFlags(nint parameters, uint flags);

    [LibraryImport(Crypto, EntryPoint = "X509_STORE_CTX_get_error")]
    public static partial int StoreError(nint store);

    [LibraryImport(Crypto, EntryPoint = "X509_STORE_CTX_get0_cert")]
    public static partial nint StoreLeaf(nint store);

    [LibraryImport(Crypto, EntryPoint = "X509_verify_cert_error_string")]
    public static partial nint VerifyErrorString(nint code);

    [LibraryImport(Crypto, EntryPoint = "X509_STORE_add_cert")]
    public static partial int StoreAdd(nint store, nint certificate);

    [LibraryImport(Crypto, EntryPoint = "d2i_X509")]
    public static partial nint FromDer(nint into, byte** der, nint size);

    [LibraryImport(Crypto, EntryPoint = "i2d_X509")]
    public static partial int ToDer(nint certificate, byte** der);

    [LibraryImport(Crypto, EntryPoint = "X509_free")]
    public static partial void CertificateFree(nint certificate);

    [LibraryImport(Crypto, EntryPoint = "ERR_clear_error")]
    public static partial void ClearError();

    [LibraryImport(Crypto, EntryPoint = "ERR_get_error")]
    private static partial ulong GetError();

    [LibraryImport(Crypto, EntryPoint = "ERR_reason_error_string")]
    private static partial nint ReasonString(ulong code);
}
