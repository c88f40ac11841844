using System.Buffers;
using System.IO.Pipelines;

namespace Matrixd.Transport.Loop;

/// <summary>Reads a connection into a pipe, for HTTP and handshakes; pauses while the pipe is full.</summary>
/// <param name="connection">What is read.</param>
/// <param name="output">The pipe's writing end; owned.</param>
/// <param name="ended">Called when nothing more comes.</param>
internal sealed class PipeFeeder(LoopConnection connection, PipeWriter output, Action ended) : ILoopReader
{
    public bool OnAttached() => true;

    public bool OnData(Span<byte> data)
    {
        output.Write(data);
        ValueTask<FlushResult> flush = output.FlushAsync();
        if (flush.IsCompletedSuccessfully)
        {
            return !flush.Result.IsCompleted;
        }

        _ = ResumeAsync(flush);
        return false;
    }

    public void OnEnd(Exception? error)
    {
        output.Complete(error);
        ended();
    }

    private async Task ResumeAsync(ValueTask<FlushResult> flush)
    {
        FlushResult result = await flush;
        if (!result.IsCompleted)
        {
            connection.Resume();
        }
    }
}
