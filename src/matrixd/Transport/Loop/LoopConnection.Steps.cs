namespace Matrixd.Transport.Loop;

// What a connection does before it is read and written: connecting, handshakes.
internal sealed partial class LoopConnection
{
    private TlsSession? _nextTls;
    private LoopStep? _step;
    private LoopStep? _nextStep;

    /// <summary>Takes a step to its end. Nothing is read or written meanwhile, and the reader of before is told of nothing any more.</summary>
    /// <param name="session">TLS over the connection from here on; null: none. The connection owns it.</param>
    /// <exception cref="OperationCanceledException"><paramref name="stopping"/> fired; the connection is over.</exception>
    public async Task StepAsync(LoopStep step, TlsSession? session, CancellationToken stopping)
    {
        (_nextStep, _nextTls) = (step, session);
        Request(LoopRequests.Step);
        using CancellationTokenRegistration cut = stopping.Register(Abort);
        try
        {
            await step.Task;
        }
        catch (IOException) when (stopping.IsCancellationRequested)
        {
            throw new OperationCanceledException(stopping);
        }
    }

    private void BeginStep()
    {
        _step = _nextStep!;
        if (_fd < 0)
        {
            _nextTls?.Dispose();
            _step.Fail(_input.Error ?? new IOException("the connection was cut"));
            return;
        }

        _tls = _nextTls;
        _input.Detach();
        AdvanceStep();
    }

    private void AdvanceStep()
    {
        LoopStep step = _step!;
        try
        {
            uint events = step.Advance(_fd);
            _loop.Watch(this, _fd, events);
            if (events == 0)
            {
                _step = null;
                step.Finish();
            }
        }
#pragma warning disable CA1031 // however a step fails, it is told to who waits for it
        catch (Exception e)
#pragma warning restore CA1031
        {
            step.Fail(e);
            Release(e, reset: false);
        }
    }
}
