namespace Matrixd.Transport;

/// <summary>Why a request cannot become a WebSocket: an HTTP answer.</summary>
/// <param name="Status">400, 405 or 426.</param>
/// <param name="Message">One line for the client; tells nothing of us.</param>
/// <param name="Header">A header that the status asks for; empty: none.</param>
/// <param name="Value">Its value.</param>
internal readonly record struct HandshakeRefusal(int Status, string Message, string Header = "", string Value = "");
