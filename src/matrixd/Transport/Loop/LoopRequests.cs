namespace Matrixd.Transport.Loop;

/// <summary>What other threads have asked a connection for.</summary>
[Flags]
internal enum LoopRequests
{
    Step = 1,
    Write = 2,
    Read = 4,
    Resume = 8,
    Close = 16,
    Abort = 32,
    Limit = 64,
}
