namespace Matrixd.Storage;

/// <summary>The store's bounds, with their reasons. Production uses the defaults; tests make them small.</summary>
internal sealed record StoreTuning
{
    /// <summary>How long a turn or tool call may wait for others before it is committed; half of the second that is promised.</summary>
    public TimeSpan LogLinger { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Turns and tool calls in the queue: 400 calls, one row a second each, through 40 s of a database that an operator holds locked.</summary>
    public int LogQueueRows { get; init; } = 16_384;

    /// <summary>[bytes] of text in those rows.</summary>
    public long LogQueueBytes { get; init; } = 32 << 20;

    /// <summary>Writes that somebody awaits: a call has at most a few, so this is more than a thousand calls at once.</summary>
    public int DurableQueueItems { get; init; } = 8_192;

    /// <summary>How long a write that somebody awaits is tried while the disk is full or the database locked; longer than an operator's 30 s, shorter than a caller's patience with a dead line.</summary>
    public TimeSpan DurablePatience { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How long SQLite itself waits for a lock before the writer is told.</summary>
    public TimeSpan BusyTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Pause between tries while the disk is full or failing.</summary>
    public TimeSpan OutagePause { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>How long closing goes on trying to write what is queued; systemd's stop budget leaves more.</summary>
    public TimeSpan ClosePatience { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>[bytes] Kept free for a full disk: half an hour of a few hundred calls' rows.</summary>
    public long ReserveBytes { get; init; } = 16 << 20;

    /// <summary>[bytes] A file up to this size is checked at every start, which then costs less than 0.2 s; a larger one only after an unclean exit.</summary>
    public long AlwaysCheckBytes { get; init; } = 64 << 20;

    /// <summary>The schema's steps; tests add their own.</summary>
    public IReadOnlyList<Migration> Migrations { get; init; } = Schema.Migrations;

    /// <summary>Told before each statement of a migration, and once more before its commit; tests crash here.</summary>
    public Action<MigrationStep>? OnMigrationStep { get; init; }
}
