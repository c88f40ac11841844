namespace Matrixd.Transport;

/// <summary>What one WebSocket may cost us. Everything beyond is closed with 1008 or 1009.</summary>
/// <remarks>Kestrel's own limits end at the upgrade, so these are all there is after it.</remarks>
internal sealed record WebSocketLimits
{
    /// <summary>Largest message, all fragments together [bytes]; beyond: 1009.</summary>
    public int MaxMessageBytes { get; init; } = 64 * 1024;

    /// <summary>Fragments of one message; beyond: 1008.</summary>
    public int MaxFragments { get; init; } = 64;

    /// <summary>Empty fragments of one message; beyond: 1008.</summary>
    public int MaxEmptyFragments { get; init; } = 8;

    /// <summary>Frames a second, control frames too, refilled continuously up to <see cref="MessageBurst"/>; 0: no cap. Beyond: 1008.</summary>
    public int MessagesPerSecond { get; init; }

    /// <summary>Frames that may come at once.</summary>
    public int MessageBurst { get; init; }

    /// <summary>Payload a second [bytes], refilled continuously up to <see cref="ByteBurst"/>; 0: no cap. Beyond: 1008.</summary>
    public int BytesPerSecond { get; init; }

    /// <summary>Payload that may come at once [bytes].</summary>
    public int ByteBurst { get; init; }

    /// <summary>Framed bytes that may wait for the socket; <see cref="WebSocketLink.Send"/> refuses beyond.</summary>
    public int SendQueueBytes { get; init; } = 1024 * 1024;

    /// <summary>What the kernel may hold of what was sent [bytes]; 0: as much as it likes, which can be megabytes.</summary>
    public int SocketSendBytes { get; init; }

    /// <summary>How long a close may take before the connection is cut.</summary>
    public TimeSpan CloseTimeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How long a write may make no progress before the connection is cut.</summary>
    public TimeSpan SendTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>A ping is sent this often; zero: never. An unanswered ping is never a reason to close (Gemini's pongs take up to 30 s).</summary>
    public TimeSpan PingInterval { get; init; } = TimeSpan.Zero;
}
