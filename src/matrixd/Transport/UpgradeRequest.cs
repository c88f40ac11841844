using System.IO.Pipelines;
using System.Text;

namespace Matrixd.Transport;

/// <summary>The client's half of the opening handshake. Source: RFC 6455 §4.1.</summary>
internal static class UpgradeRequest
{
    // Enough for the first line of an error page, which is all that is shown.
    private const int MaxBodyBytes = 1024;

    // An error's text is worth this much of a caller's time, no more.
    private static readonly TimeSpan BodyTimeout = TimeSpan.FromSeconds(1);

    /// <summary>Sends the request and reads the 101; frames that came with it stay in the transport's input.</summary>
    /// <returns>The server's head.</returns>
    /// <exception cref="DialException">At <see cref="DialStage.Upgrade"/>: the server answered something else.</exception>
    public static async Task<HttpHead> SendAsync(LinkTransport transport, WebSocketDialTarget target, CancellationToken stopping)
    {
        string key = WebSocketAccept.NewKey();
        PipeReader input = transport.Input;
        await transport.WriteAsync(Write(target, key), stopping);
        HttpHead head = await HttpHead.ReadAsync(input, stopping);
        if (head.Status != 101)
        {
            string line = await FirstLineAsync(input, head, stopping);
            string text = $"{head.Status} {head.Reason}".Trim();
            throw Refused(target, head.Status, line.Length == 0 ? PeerText.Escape(text) : $"{PeerText.Escape(text)}: {PeerText.Escape(line)}");
        }

        // §4.1: each of these "MUST _Fail the WebSocket Connection_"
        if (!head.HasToken("Upgrade", "websocket") || !head.HasToken("Connection", "upgrade"))
        {
            throw Refused(target, 101, "101 without 'Upgrade: websocket' and 'Connection: Upgrade'");
        }

        if (head["Sec-WebSocket-Accept"] != WebSocketAccept.For(key))
        {
            throw Refused(target, 101, "101 with a wrong Sec-WebSocket-Accept: something between does not speak WebSocket");
        }

        if (head["Sec-WebSocket-Extensions"].Length > 0 || head["Sec-WebSocket-Protocol"].Length > 0)
        {
            throw Refused(target, 101, "101 with an extension or subprotocol that was not asked for");
        }

        return head;
    }

    // The request target goes out as it stands: anything that knows URLs would escape the slash of a token's name.
    private static byte[] Write(WebSocketDialTarget target, string key)
    {
        var request = new StringBuilder();
        request.Append("GET ").Append(Checked(target.RequestTarget, ' ')).Append(" HTTP/1.1\r\nHost: ");
        request.Append(Checked(HostHeader.For(target.Host, target.Port, target.Tls ? 443 : 80), ' '));
        request.Append("\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ").Append(key).Append("\r\n");
        foreach ((string name, string value) in target.Headers)
        {
            request.Append(Checked(name, ':')).Append(": ").Append(Checked(value, '\n')).Append("\r\n");
        }

        return Encoding.ASCII.GetBytes(request.Append("\r\n").ToString());
    }

    // A line break in any of them would begin a header of somebody else's choosing.
    private static string Checked(string part, char forbidden)
    {
        foreach (char c in part)
        {
            if (c < ' ' || c > '~' || c == forbidden)
            {
                throw new ArgumentException($"character U+{(int)c:X4} cannot stand in a request");
            }
        }

        return part;
    }

    private static async Task<string> FirstLineAsync(PipeReader input, HttpHead head, CancellationToken stopping)
    {
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        enough.CancelAfter(BodyTimeout);
        int wanted = int.TryParse(head["Content-Length"], out int length) ? Math.Min(length, MaxBodyBytes) : MaxBodyBytes;
        bool chunked = head.HasToken("Transfer-Encoding", "chunked");
        string body = "";
        try
        {
            bool more = wanted > 0;
            while (more)
            {
                ReadResult read = await input.ReadAsync(enough.Token);
                body = Encoding.UTF8.GetString(read.Buffer.Slice(0, Math.Min(read.Buffer.Length, wanted)));
                more = read.Buffer.Length < wanted && !read.IsCompleted && Line(body, chunked, out _) < 0;
                input.AdvanceTo(read.Buffer.Start, read.Buffer.End);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or IOException)
        {
            // what has come is what is shown
        }

        Line(body, chunked, out string line);
        return line;
    }

    // The first line that is not blank, beyond the size of the first chunk; its end, or -1 while it has none.
    private static int Line(string body, bool chunked, out string line)
    {
        int start = chunked ? body.IndexOf('\n', StringComparison.Ordinal) + 1 : 0;
        while (start < body.Length && char.IsWhiteSpace(body[start]))
        {
            start++;
        }

        int end = body.IndexOf('\n', start);
        line = (chunked && start == 0 ? "" : end < 0 ? body[start..] : body[start..end]).Trim();
        return end;
    }

    private static DialException Refused(WebSocketDialTarget target, int status, string message)
        => new(DialStage.Upgrade, status, $"{target.Host}:{target.Port}: no WebSocket: {message}");
}
