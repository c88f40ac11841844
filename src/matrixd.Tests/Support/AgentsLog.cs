using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Matrixd.Tests.Support;

/// <summary>Keeps every line, with its exception in full.</summary>
internal sealed class AgentsLog<T> : ILogger<T>
{
    private readonly ConcurrentQueue<string> _lines = new();

    public IReadOnlyList<string> Lines => [.. _lines];

    /// <summary>Threads that have logged.</summary>
    public ConcurrentBag<int> ThreadIds { get; } = [];

    public string All => string.Join('\n', _lines);

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        ThreadIds.Add(Environment.CurrentManagedThreadId);
        _lines.Enqueue($"{logLevel} {eventId.Id} {formatter(state, exception)} {exception}");
    }
}
