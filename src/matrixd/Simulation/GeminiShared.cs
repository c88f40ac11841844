namespace Matrixd.Simulation;

/// <summary>What all connections of one simulator share.</summary>
internal sealed record GeminiShared(
    GeminiSimulatorOptions Options, SimulationTime Time, GeminiTokenDesk Tokens, GeminiSessions Sessions, FaultBook Faults, SpeechSynthesis Speech)
{
    /// <summary>Opens or takes up the session that a setup asks for, and spends a use of the token where it is a new one.</summary>
    public GeminiRefusal? Admit(GeminiToken? token, GeminiSetup setup, GeminiConnection connection, out GeminiSessionState? session)
    {
        session = null;
        if (token is { Constrained: true } && !Options.AcceptSdk)
        {
            return GeminiRefusal.InvalidArgument; // Assumed: code and text; what is known is that the token's setup wins
        }

        GeminiRefusal? refusal = token is null ? null : Tokens.Admit(token, resumes: setup.Handle is not null);
        return refusal ?? Sessions.Enter(setup, connection, out session);
    }
}
