namespace Matrixd.Transport.Loop;

/// <summary>Whom an <see cref="EventLoop"/> tells what should not have happened. On the loop's thread.</summary>
internal interface ILoopOwner
{
    /// <summary>A connection's own code threw; the connection is over.</summary>
    void OnHandlerFault(Exception error);

    /// <summary>A timer threw; the others go on.</summary>
    void OnTimerFault(Exception error);

    /// <summary>The loop's thread has not looked at its sockets for <paramref name="time"/>.</summary>
    void OnLoopStalled(string loop, TimeSpan time);
}
