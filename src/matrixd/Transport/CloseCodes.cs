namespace Matrixd.Transport;

/// <summary>Close codes. Source: RFC 6455 §7.4 and the IANA registry of WebSocket close codes.</summary>
internal static class CloseCodes
{
    public const ushort Normal = 1000;
    public const ushort GoingAway = 1001;
    public const ushort ProtocolError = 1002;

    /// <summary>Stands for a close frame without a code; never on the wire.</summary>
    public const ushort NoCode = 1005;

    /// <summary>Stands for a connection that ended without a close frame; never on the wire.</summary>
    public const ushort NoFrame = 1006;

    public const ushort BadData = 1007;
    public const ushort PolicyViolation = 1008;
    public const ushort TooBig = 1009;
    public const ushort InternalError = 1011;

    /// <summary>May <paramref name="code"/> stand in a close frame?</summary>
    /// <remarks>1004 has no meaning; 1005, 1006 and 1015 "MUST NOT be set as a status code in a Close control frame"; 1016–2999 are unassigned.</remarks>
    public static bool IsWireCode(int code)
        => code is (>= 1000 and <= 1003) or (>= 1007 and <= 1014) or (>= 3000 and <= 4999);
}
