using System.Net;
using System.Net.Sockets;
using Matrixd.Hosting;
using Matrixd.Server;
using Matrixd.Storage;
using Matrixd.Tests.Support;
using Xunit;

namespace Matrixd.Tests.EndToEnd;

/// <summary>Daemons that cannot start say why and leave nothing half begun: C11, C14.</summary>
public class StartTests
{
    // C11
    [Fact]
    public async Task A_port_in_use_is_told_and_the_store_is_let_go()
    {
        await using House house = await House.BuildAsync(House.Scripted);
        using Socket other = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        other.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        other.Listen();
        int port = ((IPEndPoint)other.LocalEndPoint!).Port;
        string store = Path.Combine(house.Directory, "second.db");

        IOException fault = await Assert.ThrowsAnyAsync<IOException>(() => Daemon.StartAsync(
            house.Config with { Server = house.Config.Server with { Listen = [new ListenAddress("127.0.0.1", port, false)] }, StorePath = store }, house.Loggers, TimeProvider.System));

        Assert.Contains($"{port}", fault.Message, StringComparison.Ordinal);
        await using Daemon after = await Daemon.StartAsync(house.Config with { StorePath = store }, house.Loggers, TimeProvider.System);
        Assert.NotEmpty(after.Addresses);
    }

    // C11
    [Fact]
    public async Task A_recordings_directory_that_cannot_be_is_told_at_the_start()
    {
        await using House house = await House.BuildAsync(House.Scripted);
        string file = Path.Combine(house.Directory, "a-file");
        File.WriteAllText(file, "");

        IOException fault = await Assert.ThrowsAnyAsync<IOException>(() => Daemon.StartAsync(
            house.Config with { StorePath = Path.Combine(house.Directory, "third.db"), Calls = house.Config.Calls with { RecordingDirectory = Path.Combine(file, "recordings") } },
            house.Loggers,
            TimeProvider.System));

        Assert.Contains("a-file", fault.Message, StringComparison.Ordinal);
    }

    // C14
    [Fact]
    public async Task A_second_daemon_on_one_store_is_refused_and_the_first_goes_on()
    {
        await using House house = await House.BuildAsync(House.Scripted);

        StorageException refused = await Assert.ThrowsAsync<StorageException>(() => Daemon.StartAsync(house.Config, house.Loggers, TimeProvider.System));

        Assert.Contains(house.Config.StorePath, refused.Message, StringComparison.Ordinal);
        EndToEndLine line = await house.LineAsync("c14");
        await house.ReadyAsync();
        line.HangUp();
        await house.EndedAsync("c14");
    }
}
