namespace Matrixd.Calls;

/// <summary>Is told of every call's beginning and end.</summary>
/// <remarks>Told from whatever thread begins or ends the call, outside its gate; must not block or throw.</remarks>
internal interface ICallWatch
{
    /// <summary>The call has been let in; its model leg has not been connected yet.</summary>
    void OnBegun(CallStart start);

    /// <summary>The call is really gone. Once for each <see cref="OnBegun"/>.</summary>
    /// <param name="detail">For operators; no secret, no caller's words.</param>
    void OnEnded(CallStart start, CallEndReason reason, string detail);
}
