using Matrixd.Tests.Support;
using Matrixd.Transport;
using Xunit;

namespace Matrixd.Tests.Transport;

/// <summary>The accept path over a real socket, against every case of <see cref="ProtocolCases"/>. P5, H5, H6, H14.</summary>
public class ProtocolTests(ProtocolTests.EchoServer echo) : IClassFixture<ProtocolTests.EchoServer>
{
    private readonly TransportServer _server = echo.Server;

    public static TheoryData<string> Names => [.. ProtocolCases.All.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Each_case_gets_its_answer(string name)
    {
        (byte[] bytes, string answer) = Closed(name);
        using RawWebSocket client = await RawWebSocket.OpenAsync(_server.Port);

        Task send = client.SendAsync(bytes);

        Assert.Equal(answer, await client.HearAllAsync(hangUp: HidesTheClose(name)));
        await send;
        Assert.Empty(_server.Complaints);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Each_case_gets_its_answer_when_it_came_with_the_handshake(string name)
    {
        (byte[] bytes, string answer) = Closed(name);
        using RawWebSocket client = await RawWebSocket.OpenAsync(_server.Port, withHandshake: bytes);

        Assert.Equal(answer, await client.HearAllAsync(hangUp: HidesTheClose(name)));
    }

    [Fact]
    public void The_table_is_as_long_as_it_should_be() => Assert.True(ProtocolCases.All.Count >= 60, $"{ProtocolCases.All.Count} cases");

    private static (byte[] Bytes, string Answer) Closed(string name)
    {
        (byte[] bytes, string answer) = ProtocolCases.All[name];
        return answer.Contains("close", StringComparison.Ordinal)
            ? (bytes, answer)
            : ([.. bytes, .. RawWebSocket.Close(1000)], answer + " close:1000");
    }

    // What claims to be longer than anything swallows the client's close frame: such a client must hang up.
    private static bool HidesTheClose(string name) => name.StartsWith("a frame of", StringComparison.Ordinal);

    /// <summary>One server for the whole table.</summary>
    public class EchoServer : IAsyncLifetime
    {
        // Long enough for a busy machine: no case may end by it.
        private static readonly WebSocketLimits Limits = new() { CloseTimeout = TimeSpan.FromSeconds(30) };

        internal TransportServer Server { get; private set; } = null!;

        public virtual async Task InitializeAsync() => Server = await TransportServer.EchoAsync(Limits);

        public async Task DisposeAsync() => await Server.DisposeAsync();
    }
}
