namespace Matrixd.Timing;

/// <summary>One timer of a <see cref="TimerWheel"/>: a node that its owner makes once and sets as often as it likes.</summary>
/// <param name="fire">Called on the wheel's thread; must not block.</param>
internal sealed class WheelTimer(Action fire)
{
    internal WheelTimer? Next { get; set; }

    internal WheelTimer? Previous { get; set; }

    internal long DueTick { get; set; }

    /// <summary>Index of the list it stands in; -1: none.</summary>
    internal int List { get; set; } = -1;

    internal void Fire() => fire();
}
