using System.Globalization;
using System.Net.Sockets;
using System.Text.Json;

namespace Matrixd.Benchmarks;

/// <summary>Carries out what the load is told: whom to call, how many, when to measure.</summary>
/// <remarks>
/// Belongs to the loop's thread. Commands, one a line, each answered with one line:
/// <c>target HOST:PORT PATH CREDENTIALS|- PID</c>, <c>calls N</c>, <c>measure SECONDS</c>, <c>quit</c>.
/// </remarks>
internal sealed class LoadDirector(LoadCalls calls, LoadFigures figures, TextWriter answers, int ramp)
{
    // What was sent before the end of a window may arrive for so long.
    private const long Grace = 500_000_000;

    // Until all calls talk, beside the ramp [ns].
    private const long SettleTime = 30_000_000_000;

    private const long Second = 1_000_000_000;

    private readonly WindowClock _window = new();
    private LoadTarget? _target;
    private int _wanted;
    private bool _settling;
    private long _nextStart;
    private long _settleDeadline;

    /// <summary>True once it was told to quit.</summary>
    public bool IsOver { get; private set; }

    public void Command(string line)
    {
        string[] words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        switch (words)
        {
            case ["target", var address, var path, var credentials, var pid]:
                _target = new LoadTarget(address, path, credentials == "-" ? "" : credentials, int.Parse(pid, CultureInfo.InvariantCulture));
                Answer("target");
                break;
            case ["calls", var number] when int.TryParse(number, CultureInfo.InvariantCulture, out int wanted) && wanted is >= 0 and <= LoadCalls.Most && _target is not null:
                _wanted = wanted;
                _settling = true;
                _nextStart = LoadUsage.Now;
                _settleDeadline = _nextStart + SettleTime + (wanted * Second / ramp);
                break;
            case ["measure", var seconds] when double.TryParse(seconds, CultureInfo.InvariantCulture, out double length) && length >= 1 && _target is not null:
                Measure((long)(length * Second));
                break;
            case ["quit"]:
                IsOver = true;
                break;
            default:
                Answer($"error: {line}");
                break;
        }
    }

    /// <summary>Called with each turn of the loop.</summary>
    public void Step(long now)
    {
        calls.Tick(now);
        if (_settling && now >= _nextStart)
        {
            _nextStart = now + (Second / ramp);
            KeepNumber(now);
        }

        StepWindow(now);
    }

    private void KeepNumber(long now)
    {
        calls.StopBeyond(_wanted);
        try
        {
            if (calls.TryAdd(_wanted, _target!))
            {
                return;
            }
        }
        catch (SocketException)
        {
            // Nobody took it this time; the deadline says when that is final.
        }

        (int talking, int left) = calls.Count(_wanted);
        if ((talking == _wanted && left == 0) || now >= _settleDeadline)
        {
            _settling = false;
            Answer(string.Create(CultureInfo.InvariantCulture, $"calls {talking}"));
        }
    }

    private void Measure(long length)
    {
        calls.MarkSent();
        figures.Reset();
        _window.Begin(LoadUsage.Of(_target!.ProcessId), Math.Max(length, 2 * Grace));
    }

    private void StepWindow(long now)
    {
        switch (_window.Step(now, Grace))
        {
            case WindowMoment.Early:
                _window.LostBefore = calls.LostBeforeMark();
                break;
            case WindowMoment.End:
                LoadUsage after = LoadUsage.Of(_target!.ProcessId);
                _window.Result = figures.Window(_wanted, _window.Before, after);
                calls.MarkSent();
                break;
            case WindowMoment.Over:
                LoadWindow result = _window.Result! with { FramesLost = Math.Max(0, calls.LostBeforeMark() - _window.LostBefore) };
                Answer(JsonSerializer.Serialize(result, BenchJson.Default.LoadWindow));
                break;
        }
    }

    private void Answer(string line)
    {
        answers.WriteLine(line);
        answers.Flush();
    }
}
