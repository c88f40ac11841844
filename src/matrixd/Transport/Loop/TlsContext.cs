using System.Runtime.InteropServices;
using System.Security.Cryptography.X509Certificates;

namespace Matrixd.Transport.Loop;

/// <summary>OpenSSL's settings for dials that trust the same roots: TLS 1.2 and 1.3, the server verified, http/1.1 alone.</summary>
/// <remarks>
/// One for each set of extra roots, shared by the sessions made of it and kept for the next dial: making one costs as much as a
/// handshake. Any thread. Native memory is freed when another set of roots takes its place and the last session of it is gone
/// (OpenSSL counts references).
/// </remarks>
internal sealed unsafe class TlsContext
{
    private static readonly Lock s_gate = new(); // guards the one that is kept
    private static TlsContext? s_latest;
    private readonly byte[] _roots;
    private readonly nint _handle;

    private TlsContext(X509Certificate2Collection roots, byte[] key)
    {
        _roots = key;
        _handle = OpenSsl.ContextNew(OpenSsl.ClientMethod());
        Check(_handle != 0);
        Check(OpenSsl.ContextControl(_handle, OpenSsl.CtrlSetMinVersion, OpenSsl.TlsVersion12, 0) == 1);
        OpenSsl.ContextControl(_handle, OpenSsl.CtrlMode, OpenSsl.ModeReleaseBuffers, 0); // 34 kB that an idle session would keep
        OpenSsl.ContextControl(_handle, OpenSsl.CtrlSetReadAhead, 1, 0); // all that there is, not a header first
        OpenSsl.ContextControl(_handle, OpenSsl.CtrlSessionCacheMode, 0, 0);
        OpenSsl.ContextSetOptions(_handle, OpenSsl.OptionNoRenegotiation);
        OpenSsl.ContextSetVerify(_handle, OpenSsl.VerifyPeer, &OnVerify);
        Check(OpenSsl.ContextSetDefaultVerifyPaths(_handle) == 1);
        foreach (X509Certificate2 root in roots)
        {
            Add(root);
        }

        ReadOnlySpan<byte> protocols = "\u0008http/1.1"u8;
        fixed (byte* list = protocols)
        {
            Check(OpenSsl.ContextSetAlpn(_handle, list, (uint)protocols.Length) == 0);
        }
    }

    /// <summary>A session on the settings that <paramref name="roots"/> ask for.</summary>
    /// <param name="roots">Beside the system's.</param>
    /// <param name="target">Whom the certificate must be for.</param>
    public static TlsSession NewSession(X509Certificate2Collection roots, WebSocketDialTarget target)
    {
        byte[] key = [.. roots.SelectMany(root => root.RawData)];
        lock (s_gate)
        {
            if (s_latest is null || !s_latest._roots.AsSpan().SequenceEqual(key))
            {
                nint old = s_latest?._handle ?? 0;
                s_latest = new TlsContext(roots, key);
                OpenSsl.ContextFree(old);
            }

            return new TlsSession(s_latest._handle, target);
        }
    }

    // Called by OpenSSL within a handshake, for each certificate; what it says of the first bad one is kept for the operator.
    [UnmanagedCallersOnly(CallConvs = [typeof(System.Runtime.CompilerServices.CallConvCdecl)])]
    private static int OnVerify(int verified, nint store)
    {
        if (verified == 0)
        {
            TlsSession.InHandshake?.Refuse(OpenSsl.StoreError(store), TlsSession.ToDer(OpenSsl.StoreLeaf(store)));
        }

        return verified;
    }

    private static void Check(bool fine)
    {
        if (!fine)
        {
            OpenSsl.TakeReason(out string text);
            throw new IOException($"OpenSSL cannot be set up: {text}");
        }
    }

    private void Add(X509Certificate2 root)
    {
        byte[] der = root.RawData;
        fixed (byte* bytes = der)
        {
            byte* at = bytes;
            nint certificate = OpenSsl.FromDer(0, &at, der.Length);
            Check(certificate != 0);
            _ = OpenSsl.StoreAdd(OpenSsl.ContextGetStore(_handle), certificate); // false where it is there already
            OpenSsl.CertificateFree(certificate);
        }
    }
}
