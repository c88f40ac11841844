using System.Net;
using Matrixd.Timing;
using Matrixd.Transport.Loop;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace Matrixd.Transport;

/// <summary>The server's half of the opening handshake, on a request that Kestrel has parsed. Source: RFC 6455 §4.2.</summary>
/// <remarks>No extension and no subprotocol is ever agreed to, whatever is offered.</remarks>
internal static class WebSocketHandshake
{
    /// <summary>May this request become a WebSocket?</summary>
    /// <returns>Null where it may.</returns>
    public static HandshakeRefusal? Check(HttpContext context)
    {
        HttpRequest request = context.Request;
        if (!HttpMethods.IsGet(request.Method))
        {
            return new HandshakeRefusal(StatusCodes.Status405MethodNotAllowed, "a WebSocket is asked for with GET", HeaderNames.Allow, HttpMethods.Get);
        }

        IHeaderDictionary headers = request.Headers;
        if (request.ContentLength > 0 || headers.TransferEncoding.Count > 0)
        {
            return new HandshakeRefusal(StatusCodes.Status400BadRequest, "a WebSocket's handshake has no body");
        }

        if (request.Protocol != HttpProtocol.Http11 || !HasToken(headers.Connection, "upgrade") || !HasToken(headers.Upgrade, "websocket")
            || context.Features.Get<IHttpUpgradeFeature>() is not { IsUpgradableRequest: true })
        {
            return new HandshakeRefusal(StatusCodes.Status426UpgradeRequired, "this address speaks WebSocket over HTTP/1.1", HeaderNames.Upgrade, "websocket");
        }

        // §4.4: "the server MUST respond with a Sec-WebSocket-Version header field containing all versions it is willing to use"
        if (headers.SecWebSocketVersion != "13")
        {
            return new HandshakeRefusal(StatusCodes.Status426UpgradeRequired, "only WebSocket version 13 is spoken", HeaderNames.SecWebSocketVersion, "13");
        }

        StringValues key = headers.SecWebSocketKey;
        return key.Count == 1 && WebSocketAccept.IsKey(key[0])
            ? null
            : new HandshakeRefusal(StatusCodes.Status400BadRequest, "Sec-WebSocket-Key must be there once, 16 bytes in base64");
    }

    /// <summary>Answers a request that <see cref="Check"/> refused.</summary>
    public static Task RefuseAsync(HttpContext context, HandshakeRefusal refusal)
    {
        HttpResponse response = context.Response;
        response.StatusCode = refusal.Status;
        response.ContentType = "text/plain; charset=utf-8";
        if (refusal.Header.Length > 0)
        {
            response.Headers[refusal.Header] = refusal.Value;
        }

        // RFC 9110 §7.8: "A sender of Upgrade MUST also send an 'Upgrade' connection option"
        if (refusal.Header == HeaderNames.Upgrade)
        {
            response.Headers.Connection = HeaderNames.Upgrade;
        }

        return response.WriteAsync(refusal.Message + "\n");
    }

    /// <summary>Answers 101. The request's handler must then await <see cref="WebSocketLink.RunAsync"/> and return, without touching the response.</summary>
    /// <param name="context">A request that <see cref="Check"/> lets through.</param>
    /// <param name="limits">What the client may cost us.</param>
    /// <param name="wheel">Where the link's timeouts stand.</param>
    public static async Task<WebSocketLink> AcceptAsync(HttpContext context, WebSocketLimits limits, TimerWheel wheel)
    {
        IHeaderDictionary headers = context.Response.Headers;
        headers.Upgrade = "websocket";
        headers.SecWebSocketAccept = WebSocketAccept.For(context.Request.Headers.SecWebSocketKey.ToString());

        // The upgraded stream is left alone: it copies, and Kestrel's own pipes give the bytes where they lie.
        await context.Features.GetRequiredFeature<IHttpUpgradeFeature>().UpgradeAsync();
        if (context.Features.Get<IConnectionSocketFeature>()?.Socket is { } socket)
        {
            SocketTuning.Apply(socket, limits.SocketSendBytes);
        }

        string remote = RemoteEndPoint(context.Connection);
        LinkTransport transport = context.Features.Get<LoopConnectionContext>()?.TakeOver(remote, limits.SocketSendBytes) ?? (LinkTransport)new KestrelTransport(
            context.Features.GetRequiredFeature<IConnectionTransportFeature>().Transport,
            context.Features.GetRequiredFeature<IConnectionLifetimeFeature>(),
            remote);
        return new PipeWebSocketLink(transport, isServer: true, limits, wheel);
    }

    // "Connection: keep-alive, Upgrade" in one header or several.
    private static bool HasToken(StringValues values, string token)
    {
        foreach (string? value in values)
        {
            foreach (Range range in value.AsSpan().Split(','))
            {
                if (value.AsSpan()[range].Trim(" \t").Equals(token, StringComparison.OrdinalIgnoreCase))
                {
                    return true;
                }
            }
        }

        return false;
    }

    private static string RemoteEndPoint(ConnectionInfo connection)
    {
        IPAddress? address = connection.RemoteIpAddress;
        if (address is null)
        {
            return "";
        }

        return new IPEndPoint(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address, connection.RemotePort).ToString();
    }
}
