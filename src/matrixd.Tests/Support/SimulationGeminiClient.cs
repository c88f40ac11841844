using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using Matrixd.Simulation;
using Xunit;

namespace Matrixd.Tests.Support;

/// <summary>A Live client made of the framework's own parts, so that nothing of ours is held against itself.</summary>
internal sealed class SimulationGeminiClient : IDisposable
{
    public const string Setup = """{"setup":{"model":"models/gemini-3.1-flash-live-preview","generationConfig":{"responseModalities":["AUDIO"]}}}""";

    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(10);
    private static readonly HttpClient s_http = new();

    private readonly ClientWebSocket _socket = new();
    private readonly CancellationTokenSource _limit = new(TimeSpan.FromSeconds(60));

    private SimulationGeminiClient()
    {
    }

    public static Uri Address(GeminiSimulator simulator, string method, string query, string version = "v1alpha", string slashes = "/") =>
        new($"{simulator.BaseUrl.Replace("http", "ws", StringComparison.Ordinal)}{slashes}ws/google.ai.generativelanguage.{version}.GenerativeService.{method}{query}");

    public static async Task<SimulationGeminiClient> ConnectAsync(Uri address, Action<ClientWebSocketOptions>? configure = null)
    {
        SimulationGeminiClient client = new();
        configure?.Invoke(client._socket.Options);
        await client._socket.ConnectAsync(address, client._limit.Token);
        return client;
    }

    /// <summary>Mints a token and connects with it.</summary>
    public static async Task<SimulationGeminiClient> ConnectAsync(GeminiSimulator simulator) =>
        await ConnectAsync(Address(simulator, "BidiGenerateContentConstrained", "?access_token=" + await MintAsync(simulator)));

    /// <summary>As <see cref="ConnectAsync(GeminiSimulator)"/>, through setup and setupComplete.</summary>
    public static async Task<SimulationGeminiClient> ReadyAsync(GeminiSimulator simulator, string setup = Setup)
    {
        SimulationGeminiClient client = await ConnectAsync(simulator);
        await client.SendAsync(setup);
        await client.ReceiveAsync("setupComplete");
        return client;
    }

    public static async Task<string> MintAsync(GeminiSimulator simulator, string body = "{}")
    {
        (int status, JsonElement json, _) = await RestAsync(simulator, HttpMethod.Post, "/v1alpha/auth_tokens", body);
        Assert.Equal(200, status);
        return json.GetProperty("name").GetString()!;
    }

    public static async Task<(int Status, JsonElement Json, HttpResponseMessage Response)> RestAsync(
        GeminiSimulator simulator, HttpMethod method, string target, string body = "", string? key = "some-key")
    {
        using HttpRequestMessage request = new(method, simulator.BaseUrl + target);
        if (key is not null)
        {
            request.Headers.Add("x-goog-api-key", key);
        }

        if (body.Length > 0)
        {
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        }

        HttpResponseMessage response = await s_http.SendAsync(request).WaitAsync(s_limit);
        using JsonDocument json = JsonDocument.Parse(await response.Content.ReadAsStringAsync());
        return ((int)response.StatusCode, json.RootElement.Clone(), response);
    }

    public static string Audio(ReadOnlySpan<short> pcm, int rate = 16000) =>
        $$$$"""{"realtime_input":{"audio":{"mime_type":"audio/pcm;rate={{{{rate}}}}","data":"{{{{Convert.ToBase64String(System.Runtime.InteropServices.MemoryMarshal.AsBytes(pcm))}}}}"}}}""";

    public Task SendAsync(string text) => _socket.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, true, _limit.Token).WaitAsync(s_limit);

    /// <summary>The next message; null where the connection ended with a close frame.</summary>
    public async Task<(WebSocketMessageType Type, string Text)?> NextAsync()
    {
        using MemoryStream message = new();
        byte[] buffer = new byte[64 * 1024];
        while (true)
        {
            WebSocketReceiveResult part = await _socket.ReceiveAsync(buffer, _limit.Token).WaitAsync(s_limit);
            if (part.MessageType == WebSocketMessageType.Close)
            {
                return null;
            }

            message.Write(buffer, 0, part.Count);
            if (part.EndOfMessage)
            {
                return (part.MessageType, Encoding.UTF8.GetString(message.ToArray()));
            }
        }
    }

    /// <summary>Skips to the next message that has this key, at the top or inside serverContent.</summary>
    public async Task<JsonElement> ReceiveAsync(string key)
    {
        while (await NextAsync() is { } message)
        {
            using JsonDocument json = JsonDocument.Parse(message.Text);
            JsonElement root = json.RootElement;
            if (root.TryGetProperty(key, out _) || (root.TryGetProperty("serverContent", out JsonElement content) && content.TryGetProperty(key, out _)))
            {
                return root.Clone();
            }
        }

        throw new InvalidOperationException($"closed {_socket.CloseStatus} {_socket.CloseStatusDescription} before {key}");
    }

    /// <summary>Reads on to the close frame.</summary>
    public async Task<(int Code, string Reason)> CloseAsync()
    {
        while (await NextAsync() is not null)
        {
        }

        return ((int)_socket.CloseStatus!, _socket.CloseStatusDescription ?? "");
    }

    /// <summary>Sends a close frame and waits for the answer.</summary>
    public async Task HangUpAsync()
    {
        await _socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, "", _limit.Token);
        await CloseAsync();
    }

    public void Dispose()
    {
        _socket.Dispose();
        _limit.Dispose();
    }
}
