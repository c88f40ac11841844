using System.Diagnostics;
using System.Text;

namespace Matrixd.Benchmarks;

/// <summary>A process of the bench: started on its processor, spoken to by lines, never left behind.</summary>
/// <remarks>One caller at a time.</remarks>
internal sealed class BenchProcess : IAsyncDisposable
{
    // From the first line to the last: loads of thousands of calls take a while to begin and end.
    private static readonly TimeSpan s_exitPatience = TimeSpan.FromSeconds(20);

    // The last of what it complained about is enough.
    private const int MostErrors = 4000;

    private const int SigTerm = 15;

    private readonly Process _process;
    private readonly StringBuilder _errors = new();
    private readonly Lock _gate = new();
    private readonly string _name;

    /// <param name="processor">It and all its threads run there alone; -1: anywhere.</param>
    /// <exception cref="BenchException">It cannot be started.</exception>
    public BenchProcess(string name, string[] command, int processor)
    {
        _name = name;
        _process = new Process
        {
            StartInfo = new ProcessStartInfo(command[0], command[1..]) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false },
        };
        _process.ErrorDataReceived += (_, e) => Keep(e.Data);
        IReadOnlyList<int> allowed = Affinity.Allowed();
        try
        {
            if (processor >= 0)
            {
                Affinity.Bind(0, processor); // what a thread starts is bound as the thread is
            }

            _process.Start();
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            throw new BenchException($"{command[0]} cannot be started: {e.Message}", e);
        }
        finally
        {
            Affinity.Bind(0, [.. allowed]);
        }

        _process.BeginErrorReadLine();
    }

    public int Id => _process.Id;

    /// <summary>Sends a line.</summary>
    public async Task TellAsync(string line)
    {
        try
        {
            await _process.StandardInput.WriteLineAsync(line);
            await _process.StandardInput.FlushAsync();
        }
        catch (IOException e)
        {
            throw Ended(e);
        }
    }

    /// <summary>The next line that begins so.</summary>
    /// <exception cref="BenchException">It has ended, or says nothing.</exception>
    public async Task<string> HearAsync(string begin, TimeSpan patience, CancellationToken stopping)
    {
        using CancellationTokenSource deadline = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        deadline.CancelAfter(patience);
        try
        {
            while (await _process.StandardOutput.ReadLineAsync(deadline.Token) is { } line)
            {
                if (line.StartsWith(begin, StringComparison.Ordinal))
                {
                    return line;
                }

                if (line.StartsWith("error", StringComparison.Ordinal))
                {
                    throw new BenchException($"{_name}: {line}");
                }
            }
        }
        catch (OperationCanceledException) when (!stopping.IsCancellationRequested)
        {
            throw new BenchException($"{_name} did not say \"{begin}\" within {patience.TotalSeconds:0} s{Errors()}");
        }

        throw Ended(null);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _ = LibC.kill(_process.Id, SigTerm);
            _process.StandardInput.Close();
            try
            {
                await _process.WaitForExitAsync().WaitAsync(s_exitPatience);
            }
            catch (TimeoutException)
            {
                _process.Kill();
                await _process.WaitForExitAsync();
            }
        }

        _process.Dispose();
    }

    private BenchException Ended(Exception? cause) => new($"{_name} has ended{Errors()}", cause);

    private string Errors()
    {
        lock (_gate)
        {
            return _errors.Length == 0 ? "" : $": {_errors.ToString().Trim()}";
        }
    }

    private void Keep(string? line)
    {
        if (line is null)
        {
            return;
        }

        lock (_gate)
        {
            _errors.AppendLine(line);
            if (_errors.Length > MostErrors)
            {
                _errors.Remove(0, _errors.Length - MostErrors);
            }
        }
    }
}
