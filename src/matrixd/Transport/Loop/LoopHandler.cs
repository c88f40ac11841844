using Matrixd.Memory;

namespace Matrixd.Transport.Loop;

/// <summary>Something that an <see cref="EventLoop"/> serves: a descriptor it watches, and a place in its queue of posts.</summary>
/// <remarks>All methods are called on the loop's thread. A handler stands in the queue at most once, which is what bounds it.</remarks>
internal abstract class LoopHandler
{
    /// <summary>Index in the loop's table; -1: not in it.</summary>
    internal int Slot { get; set; } = -1;

    /// <summary>What the loop has been told to watch for.</summary>
    internal uint Interest { get; set; }

    /// <summary>What the handler's next message touches; null: that is not known.</summary>
    internal HotSet? Hot { get; set; }

    internal LoopHandler? NextPosted { get; set; }

    internal bool IsPosted { get; set; }

    /// <summary>Takes what has arrived off the descriptor, to be worked on in <see cref="OnReceived"/>, which follows soon.</summary>
    /// <param name="slot">Where to; kept for the handler until then.</param>
    /// <returns>False where nothing was done: <see cref="OnReady"/> follows in its place.</returns>
    public virtual bool TryReceive(uint events, Span<byte> slot) => false;

    /// <summary>Works on what <see cref="TryReceive"/> took.</summary>
    public virtual void OnReceived(Span<byte> slot)
    {
    }

    /// <summary>The descriptor is ready for some of <paramref name="events"/>, or has failed.</summary>
    public virtual void OnReady(uint events)
    {
    }

    /// <summary>Somebody has posted this handler.</summary>
    public abstract void OnPosted();

    /// <summary>A method of this handler threw, or the loop ends: it is to give up what it holds.</summary>
    public abstract void OnFault(Exception error);
}
