namespace Matrixd.Transport.Loop;

// The one write that may be under way, and what TLS has to say beside it.
internal sealed partial class LoopConnection
{
    // TLS has things to say that nobody here asked it to: new keys.
    private bool WantsRoom => (_writer.Waits && !_writer.WaitsForPeer) || _tls is { HasUnsent: true };

    /// <summary>As <see cref="LinkTransport.TryWrite"/>. From another thread than the loop's it takes nothing.</summary>
    public bool TryWrite(ReadOnlySpan<byte> bytes, out int taken)
    {
        taken = 0;
        return _loop.IsCurrent && _fd >= 0 && !_writer.Waits && LoopWriter.TryWrite(_fd, _tls, bytes, out taken);
    }

    /// <summary>As <see cref="LinkTransport.BeginWrite"/>. From another thread than the loop's it never ends at once.</summary>
    public bool BeginWrite(ReadOnlyMemory<byte> bytes, Action written)
    {
        if (!_loop.IsCurrent)
        {
            _writer.Set(bytes, written);
            Request(LoopRequests.Write);
            return false;
        }

        _writer.Set(bytes, null);
        if (TryEndWrite())
        {
            return true;
        }

        _writer.TellLater(written);
        UpdateInterest();
        return false;
    }

    /// <summary>As <see cref="LinkTransport.EndWrite"/>.</summary>
    public void EndWrite() => _writer.Check();

    // The socket was looked at: it has been read, and there may be room.
    private void Write(bool hasRoom)
    {
        if (_writer.Waits)
        {
            if (hasRoom || _writer.WaitsForPeer)
            {
                GoOnWriting();
            }
        }
        else if (hasRoom && _tls is { HasUnsent: true } tls)
        {
            tls.SendUnsent(_fd); // the writer is left alone: another thread may be setting its next write
            UpdateInterest();
        }
    }

    private void GoOnWriting()
    {
        bool ended = TryEndWrite();
        UpdateInterest();
        if (ended)
        {
            _writer.Tell();
        }
    }

    // True once all is written, or it failed.
    private bool TryEndWrite()
    {
        if (_fd < 0)
        {
            _writer.Fail(_input.Error ?? new IOException("the connection is closed"));
            return true;
        }

        return _writer.TryEnd(_fd, _tls);
    }
}
