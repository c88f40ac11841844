using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using System.Text;

namespace Matrixd.Transport;

/// <summary>The head of an HTTP/1.1 response to a dial: from the server or from a proxy.</summary>
internal sealed class HttpHead
{
    private const int MaxBytes = 16 * 1024; // as much as Kestrel takes from a client of ours
    private readonly List<KeyValuePair<string, string>> _headers = [];

    private HttpHead(int status, string reason)
    {
        Status = status;
        Reason = reason;
    }

    public int Status { get; }

    /// <summary>The words after the status; untrusted.</summary>
    public string Reason { get; }

    /// <summary>Reads a head; what follows it stays in <paramref name="input"/>.</summary>
    /// <exception cref="InvalidDataException">It is not HTTP, or too long.</exception>
    /// <exception cref="EndOfStreamException">The connection ended first.</exception>
    public static async Task<HttpHead> ReadAsync(PipeReader input, CancellationToken stopping)
    {
        while (true)
        {
            ReadResult read = await input.ReadAsync(stopping);
            if (FindEnd(read.Buffer) is { } end)
            {
                string text = Encoding.Latin1.GetString(read.Buffer.Slice(0, end));
                input.AdvanceTo(end);
                return Parse(text);
            }

            bool tooLong = read.Buffer.Length > MaxBytes;
            input.AdvanceTo(read.Buffer.Start, read.Buffer.End);
            if (tooLong)
            {
                throw new InvalidDataException($"the answer's head is longer than {MaxBytes} bytes");
            }

            if (read.IsCompleted)
            {
                throw new EndOfStreamException("the connection ended before the answer did");
            }
        }
    }

    /// <summary>All values of a header, joined by commas; empty where it is absent.</summary>
    public string this[string name]
        => string.Join(", ", _headers.Where(header => header.Key.Equals(name, StringComparison.OrdinalIgnoreCase)).Select(header => header.Value));

    /// <summary>Is <paramref name="token"/> one of the comma-separated values of a header?</summary>
    public bool HasToken(string name, string token)
        => this[name].Split(',', StringSplitOptions.TrimEntries).Contains(token, StringComparer.OrdinalIgnoreCase);

    private static SequencePosition? FindEnd(in ReadOnlySequence<byte> buffer)
    {
        var reader = new SequenceReader<byte>(buffer);
        return reader.TryReadTo(out ReadOnlySequence<byte> _, "\r\n\r\n"u8) ? reader.Position : null;
    }

    // status-line = HTTP-version SP status-code SP [ reason-phrase ]; Source: RFC 9112 §4
    private static HttpHead Parse(string text)
    {
        string[] lines = text[..^4].Split("\r\n");
        string[] parts = lines[0].Split(' ', 3);
        if (parts.Length < 2 || parts[0] is not ("HTTP/1.1" or "HTTP/1.0") || parts[1].Length != 3
            || !int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out int status))
        {
            throw new InvalidDataException($"the answer is not HTTP/1.1: '{PeerText.Escape(lines[0])}'");
        }

        var head = new HttpHead(status, parts.Length == 3 ? parts[2] : "");
        foreach (string line in lines.AsSpan(1))
        {
            int colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon <= 0 || line[0] is ' ' or '\t')
            {
                throw new InvalidDataException($"the answer has a malformed header: '{PeerText.Escape(line)}'");
            }

            head._headers.Add(new KeyValuePair<string, string>(line[..colon], line[(colon + 1)..].Trim()));
        }

        return head;
    }
}
