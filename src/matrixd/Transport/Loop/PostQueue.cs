namespace Matrixd.Transport.Loop;

/// <summary>Handlers that wait for their loop: a list through themselves, so that adding costs no memory and nobody stands in it twice.</summary>
/// <remarks>Any thread adds; the loop's takes. The lock is there for that, and is held for a few instructions.</remarks>
internal sealed class PostQueue
{
    private readonly Lock _gate = new();
    private volatile LoopHandler? _first;
    private LoopHandler? _last;
    private bool _woken;
    private bool _isClosed;

    /// <summary>What became of an <see cref="Add"/>.</summary>
    public enum Added
    {
        /// <summary>The loop comes to it.</summary>
        Waits,

        /// <summary>The loop may be asleep: it must be woken.</summary>
        Wake,

        /// <summary>The loop has ended; nobody will come to it.</summary>
        Closed,
    }

    public bool IsEmpty => _first is null;

    /// <param name="awake">True on the loop's own thread.</param>
    public Added Add(LoopHandler handler, bool awake)
    {
        lock (_gate)
        {
            if (handler.IsPosted)
            {
                return Added.Waits;
            }

            if (_isClosed)
            {
                return Added.Closed;
            }

            handler.IsPosted = true;
            if (_last is null)
            {
                _first = handler;
            }
            else
            {
                _last.NextPosted = handler;
            }

            _last = handler;
            if (awake || _woken)
            {
                return Added.Waits;
            }

            _woken = true;
            return Added.Wake;
        }
    }

    /// <summary>Takes all that wait, as a list to be walked with <see cref="Next"/>.</summary>
    public LoopHandler? TakeAll()
    {
        lock (_gate)
        {
            LoopHandler? all = _first;
            _first = null;
            _last = null;
            _woken = false;
            return all;
        }
    }

    /// <summary>From now on <paramref name="taken"/> can be posted again.</summary>
    /// <returns>The one behind it.</returns>
    public LoopHandler? Next(LoopHandler taken)
    {
        lock (_gate)
        {
            LoopHandler? next = taken.NextPosted;
            taken.NextPosted = null;
            taken.IsPosted = false;
            return next;
        }
    }

    /// <summary>Nothing is taken any more.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _isClosed = true;
        }
    }
}
