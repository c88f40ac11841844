using Matrixd.Calls;

namespace Matrixd.Exotel;

/// <summary>How a socket was let in, as its start is held against it.</summary>
/// <param name="WarmCall">The call whose path token was shown; null: none was.</param>
/// <param name="OnMediaFlows">Called once, when media flows: a path token has then done its work. Must not block.</param>
internal sealed record ExotelAdmission(CallSid? WarmCall, Action OnMediaFlows);
