using System.Runtime.InteropServices;

namespace Matrixd.Transport.Loop;

/// <summary>What all TLS sessions of a loop work with, one at a time: OpenSSL reads records from memory and writes them to memory, and the sockets are ours.</summary>
/// <remarks>
/// Both ends are empty whenever no session is at work, so that no session finds what was another's. One pair for all of them stays in the
/// processor's caches where one for each would not. Belongs to the loop's thread. Owns native memory until <see cref="Dispose"/>.
/// </remarks>
internal sealed unsafe class TlsMemory : IDisposable
{
    /// <summary>Size of <see cref="Records"/> [bytes]: two full records.</summary>
    public const int RecordsBytes = 32 * 1024;

    private byte* _records;

    /// <exception cref="IOException">OpenSSL has no memory left.</exception>
    public TlsMemory()
    {
        In = OpenSsl.BioNew(OpenSsl.BioInMemory());
        Out = OpenSsl.BioNew(OpenSsl.BioInMemory());
        if (In == 0 || Out == 0)
        {
            _ = OpenSsl.BioFree(In);
            throw new IOException("OpenSSL has no memory left");
        }

        _records = (byte*)NativeMemory.Alloc(RecordsBytes);
    }

    /// <summary>A BIO: what came from the peer and was not decrypted yet.</summary>
    public nint In { get; private set; }

    /// <summary>A BIO: what is to be sent to the peer.</summary>
    public nint Out { get; private set; }

    /// <summary>Records on their way between a socket and one of the two.</summary>
    public Span<byte> Records => new(_records, RecordsBytes);

    public static void Put(nint bio, ReadOnlySpan<byte> bytes)
    {
        if (!bytes.IsEmpty)
        {
            fixed (byte* memory = bytes)
            {
                if (OpenSsl.BioWrite(bio, memory, bytes.Length) != bytes.Length)
                {
                    throw new IOException("OpenSSL has no memory left");
                }
            }
        }
    }

    /// <summary>Takes what fits; 0: there is nothing.</summary>
    public static int Take(nint bio, Span<byte> bytes)
    {
        fixed (byte* memory = bytes)
        {
            return Math.Max(OpenSsl.BioRead(bio, memory, bytes.Length), 0);
        }
    }

    /// <summary>Throws away what a session has left behind.</summary>
    public void Clear()
    {
        while (Take(In, Records) > 0 || Take(Out, Records) > 0)
        {
        }
    }

    public void Dispose()
    {
        _ = OpenSsl.BioFree(In);
        _ = OpenSsl.BioFree(Out);
        (In, Out) = (0, 0);
        NativeMemory.Free(_records);
        _records = null;
    }
}
