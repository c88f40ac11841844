namespace Matrixd.Tests.Support;

/// <summary>Waits for what real sockets and threads bring about, and says what did not come.</summary>
internal static class Eventually
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(20);

    public static Task TrueAsync(Func<bool> condition, string what, TimeSpan? limit = null) => TrueAsync(() => Task.FromResult(condition()), what, limit);

    public static async Task TrueAsync(Func<Task<bool>> condition, string what, TimeSpan? limit = null)
    {
        long started = TimeProvider.System.GetTimestamp();
        using PeriodicTimer look = new(TimeSpan.FromMilliseconds(10));
        while (!await condition())
        {
            if (TimeProvider.System.GetElapsedTime(started) > (limit ?? s_limit))
            {
                throw new TimeoutException($"did not come about: {what}");
            }

            await look.WaitForNextTickAsync();
        }
    }
}
