using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Matrixd.Transport.Loop;

/// <summary>An array of <c>struct epoll_event</c> in native memory.</summary>
/// <remarks>Packed on x86, padded everywhere else, so that it is written byte by byte. Belongs to one loop; freed with it.</remarks>
internal sealed unsafe class EpollEvents : IDisposable
{
    private static readonly bool s_packed = RuntimeInformation.ProcessArchitecture is Architecture.X64 or Architecture.X86;
    private static readonly int s_dataAt = s_packed ? 4 : 8;
    private static readonly int s_size = s_packed ? 12 : 16;
    private byte* _memory;

    public EpollEvents(int capacity)
    {
        Capacity = capacity;
        _memory = (byte*)NativeMemory.AllocZeroed((nuint)(capacity * s_size));
    }

    public int Capacity { get; }

    public void* Memory => _memory;

    /// <summary>What is ready.</summary>
    public uint Events(int index) => *(uint*)(_memory + (index * s_size));

    /// <summary>What was given to <see cref="Control"/>.</summary>
    public ulong Data(int index) => BinaryPrimitives.ReadUInt64LittleEndian(new ReadOnlySpan<byte>(_memory + (index * s_size) + s_dataAt, sizeof(ulong)));

    /// <summary>epoll_ctl.</summary>
    /// <exception cref="IOException">The system refuses it.</exception>
    public static void Control(int epoll, int operation, int fd, uint events, ulong data)
    {
        byte* one = stackalloc byte[16];
        *(uint*)one = events;
        BinaryPrimitives.WriteUInt64LittleEndian(new Span<byte>(one + s_dataAt, sizeof(ulong)), data);
        if (Libc.EpollControl(epoll, operation, fd, one) < 0)
        {
            throw new IOException($"epoll_ctl: {Libc.Text(Libc.Error)}");
        }
    }

    public void Dispose()
    {
        NativeMemory.Free(_memory);
        _memory = null;
    }
}
