using Matrixd.Tests.Support;
using Matrixd.Transport;
using Xunit;

namespace Matrixd.Tests.Transport;

/// <summary>The accept path over a real socket, against every case of <see cref="ProtocolCases"/>. P5, H5, H6, H14.</summary>
public sealed class ProtocolTests : IAsyncLifetime
{
    // A frame that claims 2^62 bytes hides the client's close frame: those cases end by this timeout.
    private static readonly WebSocketLimits Limits = new() { CloseTimeout = TimeSpan.FromMilliseconds(500) };
    private TransportServer _server = null!;

    public static TheoryData<string> Names => [.. ProtocolCases.All.Keys];

    public async Task InitializeAsync() => _server = await TransportServer.EchoAsync(Limits);

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Each_case_gets_its_answer(string name)
    {
        (byte[] bytes, string answer) = Closed(name);
        using RawWebSocket client = await RawWebSocket.OpenAsync(_server.Port);

        Task send = client.SendAsync(bytes);

        Assert.Equal(answer, await client.HearAllAsync());
        await send;
        Assert.Empty(_server.Complaints);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Each_case_gets_its_answer_when_it_came_with_the_handshake(string name)
    {
        (byte[] bytes, string answer) = Closed(name);
        using RawWebSocket client = await RawWebSocket.OpenAsync(_server.Port, withHandshake: bytes);

        Assert.Equal(answer, await client.HearAllAsync());
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
}
