using System.Net.WebSockets;
using Gateway.Authorization;
using Gateway.Hosting;
using Gateway.Http;
using Gateway.Signalling;

namespace Gateway.Participants;

/// <summary><c>/rooms/{room}/session</c>: the WebSocket of one participant (docs/room-protocol.md).</summary>
internal sealed class ParticipantEndpoints(ParticipantRooms rooms, Access access, Readiness readiness)
{
    private const string Pattern = "/rooms/{room}/session";

    /// <summary>A connection that is dead is noticed after twice that, and a little: within 10 s.</summary>
    private static readonly TimeSpan s_pingTime = TimeSpan.FromSeconds(3);

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet(Pattern, Session).WithTags("Rooms")
            .Produces(101).ProducesProblem(400).ProducesProblem(401).ProducesProblem(403).ProducesProblem(426).ProducesProblem(503)
            .WithSummary("Join a room where everyone sees everyone: a WebSocket")
            .WithDescription("One sending and one receiving peer connection per participant. The messages are described in docs/room-protocol.md and docs/room-protocol.schema.json.");
        // RFC 8441: the same over HTTP/2, which browsers use where they have such a connection already.
        routes.MapMethods(Pattern, ["CONNECT"], Session).ExcludeFromDescription();
    }

    private async Task<IResult> Session(HttpContext context, string room)
    {
        // A page whose WebSocket was refused asks here why.
        Cors.Allow(context, HttpMethods.Get);
        if (Names.Refuse(room) is { } bad) return bad;
        if (access.Refuse(context, Entrance.WebSocket, room, Right.View) is { } refusal) return refusal;
        if (!context.WebSockets.IsWebSocketRequest)
        {
            context.Response.Headers.Upgrade = "websocket";
            return Problems.WebSocketRequired.Because("Rooms are joined by a WebSocket: open it at this address.");
        }

        if (readiness.IsDraining) return SessionRequests.Retry(context, Problems.ShuttingDown.Because("The gateway is stopping."));
        bool mayPublish = access.Allows(Entrance.WebSocket, room, Right.Publish, Caller.Credential(context.Request), Caller.Remote(context.Request));
        using WebSocket socket = await context.WebSockets.AcceptWebSocketAsync(
            new WebSocketAcceptContext { KeepAliveInterval = s_pingTime, KeepAliveTimeout = s_pingTime });
        await rooms.RunAsync(socket, room, new ParticipantCaller(mayPublish, context.Connection.RemoteIpAddress));
        return TypedResults.Empty;
    }
}
