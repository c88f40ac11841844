namespace Matrixd.Calls;

/// <summary>Who is doing what in a call at one moment.</summary>
/// <param name="ModelSpeaks">The model's turn is not complete.</param>
/// <param name="ToolRuns">A tool call has no answer yet.</param>
/// <param name="AnswerOwed">The caller, or a tool, has spoken last, and the model is expected to.</param>
/// <param name="CallerSpeaks">The caller was heard within the last pause for breath.</param>
/// <param name="ToHear">What the caller still has to hear.</param>
internal readonly record struct CallMoment(bool ModelSpeaks, bool ToolRuns, bool AnswerOwed, bool CallerSpeaks, TimeSpan ToHear)
{
    /// <summary>Nobody is in the middle of anything: between turns, best while the caller listens to what is queued.</summary>
    public bool IsBoundary => !ModelSpeaks && !ToolRuns && (ToHear >= Rotation.Cover || (!AnswerOwed && !CallerSpeaks));
}
