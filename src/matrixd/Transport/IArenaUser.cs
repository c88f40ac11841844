namespace Matrixd.Transport;

/// <summary>Somebody whose frames may wait in a <see cref="SendArena"/>.</summary>
internal interface IArenaUser
{
    /// <summary>Takes away what still waits there. Called on the arena's thread; it may have left long ago.</summary>
    void LeaveArena();
}
