using System.Net.WebSockets;

namespace Gateway.Participants;

/// <summary>Why a participant's WebSocket is closed by the gateway: the word that it is told, and the close code (RFC 6455 §7.4.1).</summary>
/// <param name="IsFault">The client broke a rule: its place is not kept.</param>
internal sealed record SessionEnd(string Word, WebSocketCloseStatus Status, bool IsFault = false)
{
    private const WebSocketCloseStatus TryAgainLater = (WebSocketCloseStatus)1013; // registered by IANA after RFC 6455

    public static readonly SessionEnd Left = new("left", WebSocketCloseStatus.NormalClosure);
    public static readonly SessionEnd TakenOver = new("taken-over", WebSocketCloseStatus.PolicyViolation);
    public static readonly SessionEnd BadMessage = new("bad-message", WebSocketCloseStatus.PolicyViolation, IsFault: true);
    public static readonly SessionEnd BadVersion = new("bad-version", WebSocketCloseStatus.PolicyViolation, IsFault: true);
    public static readonly SessionEnd NotJoined = new("not-joined", WebSocketCloseStatus.PolicyViolation, IsFault: true);
    public static readonly SessionEnd NotJoinedInTime = new("not-joined-in-time", WebSocketCloseStatus.PolicyViolation, IsFault: true);
    public static readonly SessionEnd Flood = new("flood", WebSocketCloseStatus.PolicyViolation, IsFault: true);
    public static readonly SessionEnd TooLarge = new("too-large", WebSocketCloseStatus.MessageTooBig, IsFault: true);
    public static readonly SessionEnd Binary = new("binary", WebSocketCloseStatus.InvalidMessageType, IsFault: true);
    public static readonly SessionEnd TooSlow = new("too-slow", WebSocketCloseStatus.PolicyViolation);
    public static readonly SessionEnd RoomFull = new("room-full", TryAgainLater);
    public static readonly SessionEnd TooManyRooms = new("too-many-rooms", TryAgainLater);
    public static readonly SessionEnd ShuttingDown = new("shutting-down", WebSocketCloseStatus.EndpointUnavailable);
    public static readonly SessionEnd InternalError = new("internal-error", WebSocketCloseStatus.InternalServerError);
}
