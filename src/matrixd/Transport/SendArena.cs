namespace Matrixd.Transport;

/// <summary>Memory that frames wait in from their sending to the write at the end of a loop's round: one piece for all links of a thread.</summary>
/// <remarks>
/// It is used over and over, so that it stays in the processor's caches, and a link keeps places in it by number: a reference stored for each frame
/// would have the next collection walk what stands around it. Belongs to the thread that called <see cref="Open"/>; on every other nothing is to be had.
/// </remarks>
internal sealed class SendArena
{
    private const int Size = 256 * 1024; // frames of 16 connections that are served side by side, ten times over
    private const int MostUsers = 1024;
    private readonly byte[] _bytes = GC.AllocateUninitializedArray<byte>(Size, pinned: true);
    private readonly User[] _users = new User[MostUsers];
    private int _userCount;
    private int _used;
    private int _thread;

    /// <summary>This thread's from here on.</summary>
    public void Open() => _thread = Environment.CurrentManagedThreadId;

    /// <summary>Takes a place, or more room behind the one that somebody has.</summary>
    /// <param name="user">Asked to leave before the memory is used anew.</param>
    /// <param name="at">Where its place begins; set where it has none.</param>
    /// <param name="count">Bytes that stand there; 0: it has no place.</param>
    /// <param name="size">Bytes more.</param>
    /// <returns>False where there is no room, or another's place lies behind: nothing was taken.</returns>
    public bool TryTake(IArenaUser user, ref int at, int count, int size)
    {
        if (Environment.CurrentManagedThreadId != _thread || size > Size - _used || (count > 0 ? at + count != _used : _userCount == MostUsers))
        {
            return false;
        }

        if (count == 0)
        {
            at = _used;
            _users[_userCount++].Who = user;
        }

        _used += size;
        return true;
    }

    /// <summary>A place, or part of one. Good until <see cref="Clear"/>.</summary>
    public Memory<byte> Place(int at, int count) => _bytes.AsMemory(at, count);

    /// <summary>The round is over: who still has something here takes it away.</summary>
    public void Clear()
    {
        for (int i = 0; i < _userCount; i++)
        {
            _users[i].Who.LeaveArena();
            _users[i] = default;
        }

        _userCount = 0;
        _used = 0;
    }

    // In an array of interfaces each store would ask whether the array takes it.
    private struct User
    {
        public IArenaUser Who;
    }
}
