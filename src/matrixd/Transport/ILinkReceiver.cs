namespace Matrixd.Transport;

/// <summary>Whom a <see cref="LinkTransport"/> gives what the peer sends. One call at a time; neither method throws.</summary>
internal interface ILinkReceiver
{
    /// <summary>A piece of what has arrived, in order.</summary>
    /// <param name="data">Lent until the method returns, and its to overwrite.</param>
    /// <returns>False once nothing more is to be read; <see cref="OnBatchEnd"/> is still called.</returns>
    bool OnReceived(Span<byte> data);

    /// <summary>Everything that had arrived together has been given.</summary>
    /// <returns>False once nothing more is to be read.</returns>
    bool OnBatchEnd();
}
