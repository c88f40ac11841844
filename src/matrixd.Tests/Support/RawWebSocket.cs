using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Matrixd.Tests.Support;

/// <summary>A WebSocket client on a bare socket that can send any bytes; written from RFC 6455, sharing nothing with the product.</summary>
internal sealed class RawWebSocket : IDisposable
{
    public const string Key = "dGhlIHNhbXBsZSBub25jZQ==";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private readonly Stream _stream;

    private RawWebSocket(Socket socket, Stream stream)
    {
        Socket = socket;
        _stream = stream;
    }

    public Socket Socket { get; }

    /// <summary>The response's head, as text.</summary>
    public string Head { get; private set; } = "";

    /// <summary>The usual request.</summary>
    public static string Request(string target = "/", string extra = "")
        => $"GET {target} HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {Key}\r\n{extra}\r\n";

    /// <summary>Connects and shakes hands.</summary>
    public static async Task<RawWebSocket> OpenAsync(int port, string target = "/", string extra = "", byte[]? withHandshake = null)
    {
        RawWebSocket raw = await ConnectAsync(port);
        await raw.SendAsync([.. Encoding.Latin1.GetBytes(Request(target, extra)), .. withHandshake ?? []]);
        await raw.ReadHeadAsync();
        return raw.Head.StartsWith("HTTP/1.1 101 ", StringComparison.Ordinal) ? raw : throw new InvalidDataException(raw.Head);
    }

    /// <summary>Connects only.</summary>
    public static async Task<RawWebSocket> ConnectAsync(int port)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(IPAddress.Loopback, port);
        return new RawWebSocket(socket, new NetworkStream(socket, ownsSocket: true));
    }

    /// <summary>Works on a stream of the caller's, such as one with TLS.</summary>
    public static RawWebSocket Over(Socket socket, Stream stream) => new(socket, stream);

    /// <summary>Frames one payload.</summary>
    public static byte[] Frame(int opcode, byte[] payload, bool fin = true, int rsv = 0, bool mask = true)
    {
        var frame = new List<byte> { (byte)((fin ? 0x80 : 0) | (rsv << 4) | opcode) };
        int masked = mask ? 0x80 : 0;
        if (payload.Length < 126)
        {
            frame.Add((byte)(masked | payload.Length));
        }
        else if (payload.Length < 65_536)
        {
            frame.AddRange([(byte)(masked | 126), (byte)(payload.Length >> 8), (byte)payload.Length]);
        }
        else
        {
            Span<byte> length = stackalloc byte[8];
            BinaryPrimitives.WriteInt64BigEndian(length, payload.Length);
            frame.Add((byte)(masked | 127));
            frame.AddRange(length);
        }

        byte[] key = [0x37, 0xFA, 0x21, 0x3D];
        if (mask)
        {
            frame.AddRange(key);
        }

        frame.AddRange(payload.Select((b, i) => mask ? (byte)(b ^ key[i % 4]) : b));
        return [.. frame];
    }

    public static byte[] Text(string text) => Frame(1, Encoding.UTF8.GetBytes(text));

    public static byte[] Close(int code, string reason = "") => Frame(8, [(byte)(code >> 8), (byte)code, .. Encoding.UTF8.GetBytes(reason)]);

    public async Task SendAsync(byte[] bytes) => await _stream.WriteAsync(bytes).AsTask().WaitAsync(Patience);

    /// <summary>Each byte in a write of its own.</summary>
    public async Task SendSlowlyAsync(byte[] bytes)
    {
        foreach (byte one in bytes)
        {
            await SendAsync([one]);
        }
    }

    public async Task<string> ReadHeadAsync()
    {
        var head = new List<byte>();
        while (head.Count < 4 || !head[^4..].SequenceEqual("\r\n\r\n"u8.ToArray()))
        {
            byte[]? one = await TakeAsync(1);
            head.AddRange(one ?? throw new EndOfStreamException($"no head: '{Encoding.Latin1.GetString([.. head])}'"));
        }

        return Head = Encoding.Latin1.GetString([.. head]);
    }

    /// <summary>Everything up to the end of the connection; a reset ends it too.</summary>
    public async Task<string> ReadToEndAsync()
    {
        var text = new StringBuilder();
        while (await TakeAsync(1) is { } one)
        {
            text.Append((char)one[0]);
        }

        return text.ToString();
    }

    /// <summary>The server's next frame; null at the end of the connection. Its frames must be whole and unmasked.</summary>
    public async Task<(int Opcode, byte[] Payload)?> ReadFrameAsync()
    {
        if (await TakeAsync(2) is not { } head)
        {
            return null;
        }

        if ((head[0] & 0xF0) != 0x80 || (head[1] & 0x80) != 0)
        {
            throw new InvalidDataException($"the server sent a frame that begins {Convert.ToHexString(head)}");
        }

        long length = head[1];
        if (length >= 126)
        {
            byte[] extended = await TakeAsync(length == 126 ? 2 : 8) ?? throw new EndOfStreamException();
            length = extended.Aggregate(0L, (sum, b) => (sum << 8) | b);
        }

        return (head[0] & 0x0F, length == 0 ? [] : await TakeAsync((int)length) ?? throw new EndOfStreamException());
    }

    /// <summary>The next frame in words: <c>text:Hello</c>, <c>pong:</c>, <c>close:1002</c>; <c>end</c> when there is none.</summary>
    public async Task<string> HearAsync()
    {
        if (await ReadFrameAsync() is not { } frame)
        {
            return "end";
        }

        string text = Encoding.Latin1.GetString(frame.Payload);
        return frame.Opcode switch
        {
            1 => "text:" + Short(text),
            2 => "binary:" + Short(text),
            8 => frame.Payload.Length == 0 ? "close:" : $"close:{(frame.Payload[0] << 8) | frame.Payload[1]}",
            9 => "ping:" + Short(text),
            10 => "pong:" + Short(text),
            _ => $"opcode {frame.Opcode}",
        };
    }

    /// <summary>All frames to the end of the connection, in words; answers the server's close frame as a client must.</summary>
    /// <param name="hangUp">Ends the client's half of the connection, too, without waiting for the server.</param>
    public async Task<string> HearAllAsync(bool hangUp = false)
    {
        var heard = new List<string>();
        string last = await HearAsync();
        while (last != "end")
        {
            heard.Add(last);
            if (last.StartsWith("close", StringComparison.Ordinal))
            {
                await TrySendAsync(Close(1000));
                if (hangUp)
                {
                    Socket.Shutdown(SocketShutdown.Send);
                }
            }

            last = await HearAsync();
        }

        return string.Join(' ', heard);
    }

    public void Dispose() => _stream.Dispose();

    private static string Short(string text) => text.Length <= 40 ? text : $"{text.Length}×{text[0]}";

    private async Task TrySendAsync(byte[] bytes)
    {
        try
        {
            await SendAsync(bytes);
        }
        catch (IOException)
        {
            // the server has gone already, as it may after both close frames
        }
    }

    // Null at the end of the connection, whether by FIN or by reset.
    private async Task<byte[]?> TakeAsync(int count)
    {
        byte[] bytes = new byte[count];
        try
        {
            await _stream.ReadExactlyAsync(bytes).AsTask().WaitAsync(Patience);
            return bytes;
        }
        catch (Exception e) when (e is EndOfStreamException or IOException)
        {
            return null;
        }
    }
}
