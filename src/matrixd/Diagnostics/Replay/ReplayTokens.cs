using System.Net;
using System.Text;
using Matrixd.Gemini;

namespace Matrixd.Diagnostics;

/// <summary>Tokens of a replay: one to begin with, and others for the asking. None is good for anything.</summary>
internal sealed class ReplayTokens(TimeProvider clock) : HttpMessageHandler, ITokenStore
{
    // Inside what the service grants: no token is ever asked for because one has run out.
    private static readonly TimeSpan s_life = TimeSpan.FromHours(19);

    private int _minted;

    public Task SaveAsync(StoredToken token) => Task.CompletedTask;

    public StoredToken? LoadShared()
    {
        DateTimeOffset now = clock.GetUtcNow();
        return new StoredToken("auth_tokens/of-a-replay-0", GeminiToken.Shared, 10_000, now, now + s_life, now + s_life);
    }

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
        Task.FromResult(new HttpResponseMessage(HttpStatusCode.OK)
        {
            Content = new ByteArrayContent(Encoding.UTF8.GetBytes($$"""{"name":"auth_tokens/of-a-replay-{{++_minted}}"}""")),
        });
}
