namespace Matrixd.Transport;

/// <summary>Holds one peer to its <see cref="WebSocketLimits"/>, by the heads of its frames alone: what is refused is never buffered.</summary>
/// <remarks>Belongs to one receive loop. A mutable value; one owner.</remarks>
internal struct TrafficGuard(WebSocketLimits limits, TimeProvider clock)
{
    private TokenBucket _frames = new(limits.MessagesPerSecond, limits.MessageBurst, clock);
    private TokenBucket _bytes = new(limits.BytesPerSecond, limits.ByteBurst, clock);
    private int _fragments;
    private int _emptyFragments;

    /// <param name="header">A head that keeps <see cref="FrameRules"/>.</param>
    /// <param name="assembled">Bytes of the same message that came before.</param>
    public FrameViolation? Check(in FrameHeader header, int assembled)
    {
        if (!header.IsControl)
        {
            // Compared so that a length near 2^64 cannot wrap round.
            if (header.Length > (ulong)(limits.MaxMessageBytes - assembled))
            {
                return new FrameViolation(CloseCodes.TooBig, $"message over {limits.MaxMessageBytes} bytes");
            }

            if (CountFragment(header) is { } violation)
            {
                return violation;
            }
        }

        long now = clock.GetTimestamp();
        if (!_frames.TryTake(1, now))
        {
            return Policy($"over {limits.MessagesPerSecond} messages a second");
        }

        return _bytes.TryTake(header.Length, now) ? null : Policy($"over {limits.BytesPerSecond} bytes a second");
    }

    private FrameViolation? CountFragment(in FrameHeader header)
    {
        if (header.Opcode != WebSocketOpcode.Continuation)
        {
            _fragments = 0;
            _emptyFragments = 0;
        }

        if (header.Length == 0 && ++_emptyFragments > limits.MaxEmptyFragments)
        {
            return Policy($"over {limits.MaxEmptyFragments} empty fragments in a message");
        }

        return ++_fragments > limits.MaxFragments ? Policy($"over {limits.MaxFragments} fragments in a message") : null;
    }

    private static FrameViolation Policy(string reason) => new(CloseCodes.PolicyViolation, reason);
}
