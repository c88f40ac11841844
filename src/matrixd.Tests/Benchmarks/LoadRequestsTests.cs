using System.Text;
using Matrixd.Benchmarks;
using Xunit;

namespace Matrixd.Tests.Benchmarks;

public class LoadRequestsTests
{
    private const string Mint = "POST /v1alpha/auth_tokens HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\n{\"a\"}";

    private static (int Used, bool Upgrade, string Answer) Take(string text)
    {
        int used = LoadRequests.Take(Encoding.ASCII.GetBytes(text), out bool upgrade, out byte[] answer);
        return (used, upgrade, Encoding.ASCII.GetString(answer));
    }

    [Fact]
    public void A_request_is_answered_when_it_is_all_there_and_not_before()
    {
        for (int length = 0; length < Mint.Length; length++)
        {
            Assert.Equal((0, false, ""), Take(Mint[..length]));
        }

        (int used, bool upgrade, string answer) = Take(Mint + "GET /next");
        Assert.Equal(Mint.Length, used);
        Assert.False(upgrade);
        Assert.EndsWith("\r\n\r\n{\"name\":\"auth_tokens/bench\"}", answer, StringComparison.Ordinal);
    }

    [Fact]
    public void The_models_are_listed() =>
        Assert.Contains("bidiGenerateContent", Take("GET /v1beta/models?pageSize=1000 HTTP/1.1\r\n\r\n").Answer, StringComparison.Ordinal);

    // RFC 6455 §1.3
    [Fact]
    public void The_upgrade_is_answered_as_the_RFC_says()
    {
        (int used, bool upgrade, string answer) = Take(
            "GET /ws/google.ai.generativelanguage.v1alpha.GenerativeService.BidiGenerateContentConstrained?access_token=auth_tokens/bench HTTP/1.1\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\nmore");

        Assert.True(upgrade);
        Assert.True(used > 0);
        Assert.Contains("Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n", answer, StringComparison.Ordinal);
    }
}
