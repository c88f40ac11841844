using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace Matrixd.Memory;

/// <summary>The objects on the way of one connection's next message, so that they can be fetched from memory all at once, ahead of their use.</summary>
/// <remarks>
/// Hundreds of calls do not fit into a processor's caches: between two frames of a call the others push out what it needs, some sixty places
/// in memory, and a frame that finds them one after the other waits for memory longer than it works. What a set holds is a hint: too much or too little
/// changes the speed and nothing else. Belongs to one thread. Holds its objects until it has been filled again, twice at most.
/// </remarks>
internal sealed class HotSet
{
    private const int LineBytes = 64;
    private const int MostLines = 4; // of one object: the rest of a larger one is a buffer, used piece by piece
    private object[] _objects = new object[48];
    private byte[] _lines = new byte[48];
    private int _count;
    private int _before; // what the set held before it was filled anew: it stands there until its place is taken, or the next filling

    /// <summary>False where this processor is not known to take such hints: a set is then of no use.</summary>
    public static bool IsOfUse => Sse.IsSupported;

    /// <summary>What is in it.</summary>
    public ReadOnlySpan<object> Objects => _objects.AsSpan(0, _count);

    /// <summary>Asks <paramref name="root"/>, and those that it names, what is on their way.</summary>
    public HotSet Fill(object root)
    {
        if (_before > _count)
        {
            Array.Clear(_objects, _count, _before - _count);
        }

        _before = _count;
        _count = 0;
        return Add(root);
    }

    /// <summary>Something on the way, with everything that it names in its turn.</summary>
    public HotSet Add(object? hot)
    {
        if (hot is not null && TryAdd(hot))
        {
            (hot as IHot)?.AddTo(this);
        }

        return this;
    }

    /// <summary>Something on the way, and nothing that it names.</summary>
    public HotSet AddAlone(object hot)
    {
        TryAdd(hot);
        return this;
    }

    /// <summary>A lock on the way.</summary>
    public HotSet Add(Lock gate)
    {
#pragma warning disable CS9216 // it is not locked here
        return Add((object)gate);
#pragma warning restore CS9216
    }

    /// <summary>How many lines of the processor's caches are fetched for an object.</summary>
    public static int LinesOf(object one) => (int)Math.Clamp((Size(one) + LineBytes - 1) / LineBytes, 1, MostLines);

    /// <summary>Begins to fetch one object; null: nothing.</summary>
    public static void Fetch(object? one)
    {
        if (one is not null && IsOfUse)
        {
            Fetch(one, 3);
        }
    }

    /// <summary>Begins to fetch the list itself; <see cref="Fetch()"/> comes some time later.</summary>
    public void FetchList()
    {
        ref byte list = ref Unsafe.As<object, byte>(ref MemoryMarshal.GetArrayDataReference(_objects));
        for (int at = 0; at < _count * Unsafe.SizeOf<nint>(); at += LineBytes)
        {
            FetchLine(ref list, at);
        }

        FetchLine(ref MemoryMarshal.GetArrayDataReference(_lines), 0);
    }

    /// <summary>Begins to fetch all that is in the set. Waits for nothing.</summary>
    public void Fetch()
    {
        ReadOnlySpan<byte> lines = _lines;
        ReadOnlySpan<object> objects = Objects;
        for (int i = 0; i < objects.Length; i++)
        {
            Fetch(objects[i], lines[i]);
        }
    }

    private bool TryAdd(object hot)
    {
        foreach (object known in Objects)
        {
            if (ReferenceEquals(known, hot))
            {
                return false; // two ways lead to it
            }
        }

        if (_count == _objects.Length)
        {
            Array.Resize(ref _objects, 2 * _count);
            Array.Resize(ref _lines, 2 * _count);
        }

        _lines[_count] = (byte)LinesOf(hot);
        if (!ReferenceEquals(_objects[_count], hot))
        {
            _objects[_count] = hot; // seldom: a reference stored is memory that the next collection walks
        }

        _count++;
        return true;
    }

    private static void Fetch(object one, int lines)
    {
        ref byte start = ref Unsafe.As<Raw>(one).First;
        for (int line = 0; line < lines; line++)
        {
            FetchLine(ref start, line * LineBytes);
        }
    }

    // An address is taken of what may move meanwhile: then the wrong line is fetched, and no harm is done.
    private static unsafe void FetchLine(ref byte at, int offset)
    {
        if (IsOfUse)
        {
            Sse.Prefetch0((byte*)Unsafe.AsPointer(ref at) + offset);
        }
    }

    // The runtime's own description of a type begins with the size of an element and of the object without its elements.
    private static unsafe long Size(object one)
    {
        uint* type = *(uint**)Unsafe.AsPointer(ref Unsafe.Subtract(ref Unsafe.As<byte, nint>(ref Unsafe.As<Raw>(one).First), 1));
        return type[1] + (one is Array array ? (long)(ushort)type[0] * array.Length : 0);
    }

    private sealed class Raw
    {
        public byte First;
    }
}
