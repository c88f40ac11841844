namespace Matrixd.Calls;

/// <summary>Ends calls that no stream came for: a dial that failed, a line that was busy, a handed-out URL that expired.</summary>
internal interface IUnconnectedCalls
{
    /// <summary>Ends an intent, dialing or warm row; a live or ended one stays as it is. Committed when the task completes.</summary>
    /// <returns>True where the row was ended by this.</returns>
    Task<bool> EndUnconnectedAsync(CallSid callSid, CallEndReason reason, string detail, DateTimeOffset at);
}
