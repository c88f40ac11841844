namespace Matrixd.Benchmarks;

internal enum WindowMoment
{
    None,

    /// <summary>What was under way when the window began has come, or is lost.</summary>
    Early,

    /// <summary>The window ends.</summary>
    End,

    /// <summary>What was under way at its end has come, or is lost.</summary>
    Over,
}

/// <summary>The moments of one window of measurement.</summary>
internal sealed class WindowClock
{
    private WindowMoment _next = WindowMoment.None;
    private long _at;
    private long _length;

    public LoadUsage Before { get; private set; }

    public long LostBefore { get; set; }

    public LoadWindow? Result { get; set; }

    /// <param name="length">[ns]</param>
    public void Begin(LoadUsage before, long length)
    {
        Before = before;
        _length = length;
        _next = WindowMoment.Early;
        _at = 0;
    }

    /// <summary>The moment that has come since it was asked last.</summary>
    /// <param name="now">[ns]</param>
    /// <param name="grace">What is under way may take so long [ns].</param>
    public WindowMoment Step(long now, long grace)
    {
        if (_next == WindowMoment.None)
        {
            return WindowMoment.None;
        }

        _at = _at == 0 ? Before.At + grace : _at;
        if (now < _at)
        {
            return WindowMoment.None;
        }

        WindowMoment moment = _next;
        switch (moment)
        {
            case WindowMoment.Early:
                _next = WindowMoment.End;
                _at = Before.At + _length;
                break;
            case WindowMoment.End:
                _next = WindowMoment.Over;
                _at = now + grace;
                break;
            default:
                _next = WindowMoment.None;
                break;
        }

        return moment;
    }
}
