namespace Matrixd.Transport.Loop;

/// <summary>Whom a <see cref="LoopConnection"/> gives what it reads. On the loop's thread, one call at a time.</summary>
internal interface ILoopReader
{
    /// <summary>Reading begins, or is taken over: what others have read before stands in their pipe.</summary>
    /// <returns>False: nothing is to be read.</returns>
    bool OnAttached();

    /// <summary>A batch of bytes.</summary>
    /// <param name="data">Lent until the method returns, and its to overwrite.</param>
    /// <returns>False: nothing more is to be read, or not before <see cref="LoopConnection.Resume"/>.</returns>
    bool OnData(Span<byte> data);

    /// <summary>Nothing more comes. Called once, also where reading had stopped.</summary>
    /// <param name="error">Null: the peer has ended the stream.</param>
    void OnEnd(Exception? error);
}
