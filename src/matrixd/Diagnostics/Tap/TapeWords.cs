using Matrixd.Transport;

namespace Matrixd.Diagnostics;

/// <summary>The words in which tapes tell how a socket ended.</summary>
internal static class TapeWords
{
    private static readonly string[] s_causes = ["peer", "lost", "violation", "local", "aborted"];

    public static string Of(WebSocketCloseCause cause) => s_causes[(int)cause];

    public static WebSocketCloseCause Cause(string word) => Array.IndexOf(s_causes, word) is int at and >= 0 ? (WebSocketCloseCause)at : WebSocketCloseCause.Lost;
}
