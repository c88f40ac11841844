namespace Matrixd.Calls;

/// <summary>How a leg is to come back to the model.</summary>
internal enum ReconnectKind
{
    /// <summary>A planned hand-over: the session goes on, on a new connection.</summary>
    Rotate,

    /// <summary>The connection does not do its work any more: the session goes on, on a new one.</summary>
    Resume,

    /// <summary>The session itself is not worth going on with: a new one.</summary>
    Fresh,
}

/// <summary>Why a leg has no connection for a while.</summary>
internal enum AbsenceCause
{
    /// <summary><see cref="ReconnectKind.Rotate"/>.</summary>
    Rotation,

    /// <summary>The connection ended by itself.</summary>
    Loss,

    /// <summary><see cref="ReconnectKind.Resume"/> or <see cref="ReconnectKind.Fresh"/>: the call gave it up.</summary>
    Asked,
}

/// <summary>The words of <see cref="AbsenceCause"/>, for metric labels.</summary>
internal static class AbsenceCauses
{
    private static readonly string[] s_words = ["rotation", "loss", "asked"];

    public static ReadOnlySpan<string> All => s_words;
}

/// <param name="Detail">For operators; holds no secret.</param>
internal readonly record struct ModelAbsence(AbsenceCause Cause, string Detail);

/// <param name="IsFresh">A new session, which knows nothing of the call; else the old one.</param>
/// <param name="Attempts">Connections that were tried, this one counted.</param>
internal readonly record struct ModelReturn(bool IsFresh, int Attempts);

/// <summary>What was said in a call, for a session that has not heard it.</summary>
/// <param name="Speaker">Whose words.</param>
internal readonly record struct PastTurn(Speaker Speaker, string Text);
