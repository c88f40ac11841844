namespace Matrixd.Calls;

/// <summary>How the daemon's own ear decides that a caller talks over the model. The model's own word counts at once, whatever stands here.</summary>
internal sealed record BargeInOptions
{
    /// <summary>False: the model's word alone counts.</summary>
    public bool IsLocal { get; init; }

    /// <summary>Voice over the noise of the line that it takes.</summary>
    public TimeSpan MinimumSpeech { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>So long after the model has begun to be heard, nothing is taken for an interruption: the end of what the caller said, the first echo.</summary>
    public TimeSpan Grace { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>So long after the start of the call nothing is: some accounts play an announcement there.</summary>
    public TimeSpan StartGrace { get; init; } = TimeSpan.FromSeconds(4);

    /// <summary>The model's audio is paused first, and goes on where the caller speaks no further.</summary>
    public bool IsReversible { get; init; } = true;

    /// <summary>Voice that it takes until a pause is an interruption, although the model does not say so.</summary>
    public TimeSpan Confirm { get; init; } = TimeSpan.FromMilliseconds(800);

    /// <summary>Silence after which a pause was none.</summary>
    public TimeSpan ResumeAfter { get; init; } = TimeSpan.FromMilliseconds(400);
}
