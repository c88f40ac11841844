using System.Text;
using System.Threading.Channels;
using Matrixd.Transport;

namespace Matrixd.Tests.Support;

/// <summary>A sink that tells what it heard, in order, and waits for it at most ten seconds.</summary>
internal sealed class TransportSink : IWebSocketSink
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private readonly Channel<(WebSocketOpcode Opcode, byte[] Payload)> _messages = Channel.CreateUnbounded<(WebSocketOpcode, byte[])>();
    private readonly TaskCompletionSource<WebSocketClose> _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>What to do with a message, before it is told.</summary>
    public Action<WebSocketOpcode, byte[]>? Message { get; init; }

    /// <summary>What to do when a batch ends.</summary>
    public Action? BatchEnd { get; init; }

    public int Batches { get; private set; }

    public int Closes { get; private set; }

    public Task<WebSocketClose> ClosedAsync() => _closed.Task.WaitAsync(Patience);

    public async Task<byte[]> MessageAsync()
    {
        using var late = new CancellationTokenSource(Patience);
        return (await _messages.Reader.ReadAsync(late.Token)).Payload;
    }

    public async Task<string> TextAsync() => Encoding.UTF8.GetString(await MessageAsync());

    public bool HasMessage => _messages.Reader.TryPeek(out _);

    public void OnMessage(WebSocketOpcode opcode, ReadOnlySpan<byte> message)
    {
        byte[] copy = message.ToArray();
        Message?.Invoke(opcode, copy);
        _messages.Writer.TryWrite((opcode, copy));
    }

    public void OnBatchEnd()
    {
        Batches++;
        BatchEnd?.Invoke();
    }

    public void OnClosed(WebSocketClose close)
    {
        Closes++;
        _closed.TrySetResult(close);
    }
}
