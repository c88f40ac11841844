using System.Threading.Channels;

namespace Matrixd.Simulation;

/// <summary>Writes lines without making anybody wait: a reader who does not keep up loses the oldest, not the simulator its timing.</summary>
/// <remarks>Any thread reports; one task writes. Disposing writes what is left, within a limit.</remarks>
internal sealed class LineReporter : IAsyncDisposable
{
    private const int MaxWaiting = 10_000; // lines: a start of thousands of calls, a megabyte
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(1); // a pipe that nobody reads must not hold the end

    private readonly Channel<string> _lines = Channel.CreateBounded<string>(new BoundedChannelOptions(MaxWaiting) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });
    private readonly TextWriter _writer;
    private readonly Task _writing;

    public LineReporter(TextWriter writer)
    {
        _writer = writer;
        _writing = Task.Run(WriteAsync);
    }

    public void Report(string line) => _lines.Writer.TryWrite(line);

    public async ValueTask DisposeAsync()
    {
        _lines.Writer.Complete();
        try
        {
            await _writing.WaitAsync(s_limit);
        }
        catch (TimeoutException)
        {
            // nobody reads; the lines are lost with the process
        }
    }

    private async Task WriteAsync()
    {
        try
        {
            await foreach (string line in _lines.Reader.ReadAllAsync())
            {
                await _writer.WriteLineAsync(line);
            }
        }
        catch (IOException)
        {
            _lines.Writer.TryComplete(); // the reader has gone away: there is nobody left to tell
        }
    }
}
