using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Matrixd.Benchmarks;

/// <summary>One epoll and its thread: sockets, a timer that fires each millisecond, and standard input.</summary>
/// <remarks>Everything runs on the thread that calls <see cref="Wait"/>. Lives as long as the process.</remarks>
internal sealed unsafe class LoadLoop
{
    // Taken at once; more come with the next wait.
    private const int Batch = 512;

    // Larger than any message of either side.
    private const int ScratchBytes = 1024 * 1024;

    // The kernel packs its event on x86-64 and nowhere else: events, then eight bytes of ours.
    private static readonly int s_data = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 4 : 8;
    private static readonly int s_stride = s_data + 8;

    private readonly byte[] _scratch = GC.AllocateUninitializedArray<byte>(ScratchBytes, pinned: true);
    private readonly byte[] _events = GC.AllocateUninitializedArray<byte>(Batch * s_stride, pinned: true);
    private readonly Dictionary<int, Action> _watched = [];
    private readonly int _epoll;
    private LoadConnection?[] _connections = new LoadConnection?[1024];

    /// <exception cref="IOException">The system gives no epoll.</exception>
    public LoadLoop()
    {
        _epoll = LibC.epoll_create1(0);
        if (_epoll < 0)
        {
            throw new IOException($"epoll_create1 failed with error {Marshal.GetLastPInvokeError()}");
        }
    }

    /// <summary>What is read lies here until the next read.</summary>
    public Span<byte> Scratch => _scratch;

    /// <summary>Calls back whenever <paramref name="fd"/> is readable.</summary>
    public void Watch(int fd, Action readable)
    {
        _watched[fd] = readable;
        Control(LibC.EpollAdd, fd, LibC.EpollIn);
    }

    /// <summary>Wakes the loop so often from now on.</summary>
    public void StartTimer(TimeSpan interval)
    {
        int timer = LibC.timerfd_create(LibC.Monotonic, LibC.TimerNonBlocking);
        long nanoseconds = (long)interval.TotalNanoseconds;
        long* times = stackalloc long[] { 0, nanoseconds, 0, nanoseconds };
        if (timer < 0 || LibC.timerfd_settime(timer, 0, times, null) != 0)
        {
            throw new IOException($"timerfd failed with error {Marshal.GetLastPInvokeError()}");
        }

        Watch(timer, () => Expired(timer));
    }

    public void Add(int fd, LoadConnection connection)
    {
        if (fd >= _connections.Length)
        {
            Array.Resize(ref _connections, Math.Max(fd + 1, _connections.Length * 2));
        }

        _connections[fd] = connection;
        Control(LibC.EpollAdd, fd, LibC.EpollIn);
    }

    public void Modify(int fd, bool output) => Control(LibC.EpollModify, fd, LibC.EpollIn | (output ? LibC.EpollOut : 0));

    public void Remove(int fd) => _connections[fd] = null;

    /// <summary>Waits until something happens and serves it.</summary>
    public void Wait()
    {
        int count;
        fixed (byte* events = _events)
        {
            count = LibC.epoll_wait(_epoll, events, Batch, -1);
        }

        for (int i = 0; i < count; i++)
        {
            ReadOnlySpan<byte> entry = _events.AsSpan(i * s_stride, s_stride);
            int fd = BinaryPrimitives.ReadInt32LittleEndian(entry[s_data..]);
            if (fd < _connections.Length && _connections[fd] is { } connection)
            {
                connection.OnEvent(BinaryPrimitives.ReadInt32LittleEndian(entry));
            }
            else if (_watched.TryGetValue(fd, out Action? readable))
            {
                readable();
            }
        }
    }

    private static void Expired(int timer)
    {
        long expirations;
        _ = LibC.read(timer, (byte*)&expirations, sizeof(long));
    }

    private void Control(int operation, int fd, int events)
    {
        byte* change = stackalloc byte[16];
        BinaryPrimitives.WriteInt32LittleEndian(new Span<byte>(change, 4), events);
        BinaryPrimitives.WriteInt64LittleEndian(new Span<byte>(change + s_data, 8), fd);
        if (LibC.epoll_ctl(_epoll, operation, fd, change) != 0)
        {
            throw new IOException($"epoll_ctl failed with error {Marshal.GetLastPInvokeError()}");
        }
    }
}
