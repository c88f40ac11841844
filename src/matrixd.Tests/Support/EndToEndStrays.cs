using System.Collections.Concurrent;
using Xunit;

namespace Matrixd.Tests.Support;

/// <summary>Exceptions of tasks that nobody looked at, from its making on.</summary>
internal sealed class EndToEndStrays : IDisposable
{
    private readonly ConcurrentQueue<Exception> _strays = new();

    public EndToEndStrays() => TaskScheduler.UnobservedTaskException += Keep;

    public void AssertNone()
    {
        for (int i = 0; i < 3; i++)
        {
            GC.Collect(); // tasks tell of what nobody saw when they are finalised
            GC.WaitForPendingFinalizers();
        }

        Assert.True(_strays.IsEmpty, string.Join("\n\n", _strays));
    }

    public void Dispose() => TaskScheduler.UnobservedTaskException -= Keep;

    private void Keep(object? sender, UnobservedTaskExceptionEventArgs e)
    {
        // The bound of another test that runs beside this one and no longer waits: it was never thrown and has no trace. What the product throws has one.
        if (!e.Exception.InnerExceptions.All(inner => inner is TimeoutException { StackTrace: null }))
        {
            _strays.Enqueue(e.Exception);
        }
    }
}
