using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace Matrixd.Memory;

/// <summary>The objects on the way of one connection's next message, so that they can be fetched from memory all at once, ahead of their use.</summary>
/// <remarks>
/// Hundreds of calls do not fit into a processor's caches: between two frames of a call the others push out what it needs, some sixty places
/// in memory, and a frame that finds them one after the other waits for memory longer than it works. What a set holds is a hint: too much or too little
/// changes the speed and nothing else. Belongs to one thread. Holds its objects until it is filled again.
/// </remarks>
internal sealed class HotSet
{
    private const int LineBytes = 64;
    private object[] _objects = new object[32];
    private int _count;

    /// <summary>Asks <paramref name="root"/>, and those that it names, what is on their way.</summary>
    public void Fill(object root)
    {
        Array.Clear(_objects, 0, _count);
        _count = 0;
        Add(root);
    }

    /// <summary>Something on the way, with everything that it names in its turn.</summary>
    public void Add(object? hot)
    {
        if (hot is null)
        {
            return;
        }

        if (_count == _objects.Length)
        {
            Array.Resize(ref _objects, 2 * _count);
        }

        _objects[_count++] = hot;
        (hot as IHot)?.AddTo(this);
    }

    /// <summary>A lock on the way.</summary>
    public void Add(Lock gate)
    {
#pragma warning disable CS9216 // it is not locked here
        Add((object)gate);
#pragma warning restore CS9216
    }

    /// <summary>Begins to fetch the list itself; <see cref="Fetch"/> comes some time later.</summary>
    public void FetchList()
    {
        ref byte list = ref Unsafe.As<object, byte>(ref System.Runtime.InteropServices.MemoryMarshal.GetArrayDataReference(_objects));
        for (int at = 0; at < _count * 8; at += LineBytes)
        {
            Line(ref list, at);
        }
    }

    /// <summary>Begins to fetch all that is in the set. Waits for nothing.</summary>
    public void Fetch()
    {
        foreach (object hot in _objects.AsSpan(0, _count))
        {
            ref byte start = ref Unsafe.As<Raw>(hot).First;
            Line(ref start, 0);
            Line(ref start, LineBytes);
            Line(ref start, 2 * LineBytes);
        }
    }

    /// <summary>Begins to fetch one object.</summary>
    public static void Prefetch(object one)
    {
        ref byte start = ref Unsafe.As<Raw>(one).First;
        Line(ref start, 0);
        Line(ref start, LineBytes);
        Line(ref start, 2 * LineBytes);
    }

    private static unsafe void Line(ref byte at, int offset)
    {
        // An address is taken of what may move meanwhile: then the wrong line is fetched, no more.
        void* address = (byte*)Unsafe.AsPointer(ref at) + offset;
        if (Sse.IsSupported)
        {
            Sse.Prefetch0(address);
        }
    }

    private sealed class Raw
    {
        public byte First;
    }
}
