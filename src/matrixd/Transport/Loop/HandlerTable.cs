namespace Matrixd.Transport.Loop;

/// <summary>The handlers of one loop, found by what epoll gives back for them. On the loop's thread.</summary>
/// <remarks>A place is used again with another generation, so that what epoll still had for its last owner goes to nobody.</remarks>
internal sealed class HandlerTable
{
    /// <summary>A key that no handler has.</summary>
    public const ulong NoHandler = 0;

    private readonly List<(LoopHandler? Handler, uint Generation)> _places = [default];
    private readonly Stack<int> _free = new();

    public int Count => _places.Count - 1 - _free.Count;

    public IEnumerable<LoopHandler> All => _places.Select(place => place.Handler).OfType<LoopHandler>().ToArray();

    /// <summary>What epoll is to give back for the handler; its place is made where it has none.</summary>
    public ulong KeyOf(LoopHandler handler)
    {
        if (handler.Slot < 0)
        {
            if (!_free.TryPop(out int slot))
            {
                slot = _places.Count;
                _places.Add(default);
            }

            _places[slot] = (handler, _places[slot].Generation);
            handler.Slot = slot;
        }

        return ((ulong)_places[handler.Slot].Generation << 32) | (uint)handler.Slot;
    }

    /// <summary>Null: it has left meanwhile.</summary>
    public LoopHandler? Find(ulong key)
    {
        (LoopHandler? handler, uint generation) = _places[(int)(uint)key];
        return generation == (uint)(key >> 32) ? handler : null;
    }

    public void Remove(LoopHandler handler)
    {
        if (handler.Slot >= 0)
        {
            _places[handler.Slot] = (null, _places[handler.Slot].Generation + 1);
            _free.Push(handler.Slot);
            handler.Slot = -1;
            handler.Interest = 0;
        }
    }
}
