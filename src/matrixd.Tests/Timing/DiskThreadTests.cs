using System.Globalization;
using Matrixd.Timing;
using Xunit;

namespace Matrixd.Tests.Timing;

public sealed class DiskThreadTests
{
    [Fact]
    public void What_serves_the_disk_comes_after_calls_and_leaves_others_where_they_are()
    {
        int before = Nice();
        int within = int.MinValue;
        Thread thread = DiskThread.Create("a disk's thread", () => within = Nice());
        Assert.True(thread.IsBackground, "it does not keep the process alive");
        thread.Start();
        thread.Join();

        Assert.Equal(Math.Min(19, before + DiskThread.Below), within);
        Assert.Equal(before, Nice());
        Assert.Equal("a disk's thread", thread.Name);
    }

    // proc(5): behind the name, which may hold anything, nice is the seventeenth.
    private static int Nice() => int.Parse(
        File.ReadAllText("/proc/thread-self/stat").Split(") ")[^1].Split(' ')[16], CultureInfo.InvariantCulture);
}
