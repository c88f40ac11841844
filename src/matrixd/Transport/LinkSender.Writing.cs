namespace Matrixd.Transport;

// One write after the other, for as long as there is something to write.
internal sealed partial class LinkSender
{
    private void Pump()
    {
        try
        {
            WriteAll(NextChunk(NothingWritten));
        }
#pragma warning disable CA1031 // whatever a write fails with ends this link and is told in its OnClosed; it must not reach a socket's thread
        catch (Exception e)
#pragma warning restore CA1031
        {
            Fail(e);
        }
    }

    // A write that did not end at once has ended.
    private void OnWritten()
    {
        try
        {
            _transport.EndWrite();
            WriteAll(NextChunk(_chunk));
        }
#pragma warning disable CA1031 // as in Pump
        catch (Exception e)
#pragma warning restore CA1031
        {
            Fail(e);
        }
    }

    private void WriteAll(ReadOnlyMemory<byte> chunk)
    {
        while (!chunk.IsEmpty)
        {
            if (_transport.TryWrite(chunk.Span, out int taken))
            {
                chunk = NextChunk(chunk.Length);
                continue;
            }

            ReadOnlyMemory<byte> rest = KeepChunk(taken);
            if (!_transport.BeginWrite(rest, _onWritten))
            {
                Watch(); // OnWritten may be running by now
                return;
            }

            _transport.EndWrite();
            chunk = NextChunk(rest.Length);
        }
    }

    private ReadOnlyMemory<byte> KeepChunk(int taken)
    {
        lock (_gate)
        {
            ReadOnlyMemory<byte> rest = _queue.Keep(taken);
            _chunk = rest.Length;
            return rest;
        }
    }

    // What is to be written next; empty where nothing is, and the write is over. Under one lock, as this is done for every frame.
    private ReadOnlyMemory<byte> NextChunk(int written)
    {
        TaskCompletionSource? drained;
        lock (_gate)
        {
            if (written != NothingWritten)
            {
                _queue.Written(written);
                _progress++;
            }

            ReadOnlyMemory<byte> chunk = _queue.Next();
            if (chunk.IsEmpty && _latePongCount >= 0 && !_closed)
            {
                _queue.TryAdd(WebSocketOpcode.Pong, _latePong.AsSpan(0, _latePongCount));
                _latePongCount = -1;
                chunk = _queue.Next();
            }

            if (!chunk.IsEmpty)
            {
                return chunk;
            }

            _writing = false;
            drained = _drained;
        }

        drained?.TrySetResult();
        return default;
    }
}
