namespace Matrixd.Timing;

/// <summary>One timer of a <see cref="TimerWheel"/>, that its owner makes once and sets as often as it likes.</summary>
/// <param name="fire">Called on the wheel's thread; must not block.</param>
internal sealed class WheelTimer(Action fire)
{
    /// <summary>The wheel's number of it while it is set; -1: it is not.</summary>
    internal int Node { get; set; } = -1;

    internal void Fire() => fire();
}
