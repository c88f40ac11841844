using System.IO.Pipelines;
using System.Text;
using Matrixd.Transport;

namespace Matrixd.Tests.Support;

/// <summary>The bytes below a link of a <see cref="TransportRound"/>: its socket takes as much at once as the test says, and the rest when the test says.</summary>
/// <remarks>What a write that waits is given is read when it ends, not before: it must still be what it was.</remarks>
internal sealed class TransportRationed(TransportRound round) : LinkTransport
{
    private readonly Pipe _input = new();
    private ReadOnlyMemory<byte> _rest;
    private Action? _written;
    private Exception? _failure;

    /// <summary>All that the socket took.</summary>
    public List<byte> Output { get; } = [];

    public string Text => Encoding.Latin1.GetString([.. Output]);

    /// <summary>Bytes that it takes before it is full.</summary>
    public int Room { get; set; } = int.MaxValue;

    /// <summary>What it takes has not gone yet, as records that TLS has made of it: a write ends later.</summary>
    public bool KeepsInside { get; set; }

    /// <summary>What the next write at once fails with.</summary>
    public Exception? Fault { get; set; }

    /// <summary>Called at the beginning of a write at once.</summary>
    public Action Tried { get; set; } = () => { };

    /// <summary>Bytes of the write that waits; -1: none does.</summary>
    public int Waiting => _written is null ? -1 : _rest.Length;

    public bool Aborted { get; private set; }

    public override PipeReader Input => _input.Reader;

    public override string RemoteEndPoint => "192.0.2.1:4242";

    public override SendArena Arena => round.Arena;

    /// <summary>What a server's link makes of texts, in Latin-1.</summary>
    public static string Frames(params string[] payloads)
        => string.Concat(payloads.Select(payload => Encoding.Latin1.GetString(RawWebSocket.Frame(1, Encoding.Latin1.GetBytes(payload), mask: false))));

    public override bool Postpone(Action write) => round.Postpone(write);

    public override bool TryWrite(ReadOnlySpan<byte> bytes, out int taken)
    {
        taken = 0;
        Tried();
        if (!round.IsHere)
        {
            return false;
        }

        if (Fault is { } fault)
        {
            throw fault;
        }

        taken = Math.Min(Room, bytes.Length);
        Room -= taken;
        Output.AddRange(bytes[..taken]);
        return taken == bytes.Length && !KeepsInside;
    }

    public override bool BeginWrite(ReadOnlyMemory<byte> bytes, Action written)
    {
        if (_written is not null)
        {
            throw new InvalidOperationException("another write is under way");
        }

        (_rest, _written) = (bytes, written);
        return false;
    }

    public override void EndWrite()
    {
        if (_failure is not null)
        {
            throw _failure;
        }
    }

    /// <summary>The write that waits ends.</summary>
    public void EndWait(Exception? failure = null)
    {
        Action written = _written ?? throw new InvalidOperationException("no write waits");
        Output.AddRange(_rest.Span);
        (_rest, _written, _failure) = (default, null, failure);
        written();
    }

    public override void Abort()
    {
        Aborted = true;
        _input.Reader.CancelPendingRead();
    }

    public override ValueTask CloseAsync() => ValueTask.CompletedTask;
}
