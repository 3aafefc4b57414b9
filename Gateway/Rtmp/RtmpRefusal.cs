using Gateway.Authorization;
using Protocols.Rtmp;
using Rooms;
using Rooms.Publishing;

namespace Gateway.Rtmp;

/// <summary>What an encoder is told when it may not publish or must stop, and how reasons of rooms and RTMP correspond.</summary>
internal static class RtmpRefusal
{
    public static string Code(PublishRefusal refusal) =>
        refusal == PublishRefusal.ShuttingDown ? RtmpStatus.ConnectClosed : RtmpStatus.PublishBadName;

    public static string Describe(PublishRefusal refusal, RtmpStreamKey key) => refusal switch
    {
        PublishRefusal.NameTaken =>
            $"Somebody else publishes '{key.Publication}' in room '{key.Room}'. Take another name: {key.Room}?name=ANOTHER",
        PublishRefusal.TakeoverTooOften =>
            $"Two encoders keep taking '{key.Publication}' in room '{key.Room}' from each other. Give one another name: {key.Room}?name=ANOTHER",
        PublishRefusal.TooManyRooms => "There are too many rooms.",
        PublishRefusal.TooManyPublications => $"There are too many publications in room '{key.Room}'.",
        _ => "The gateway is shutting down.",
    };

    public static string Describe(AccessDecision decision, RtmpStreamKey key) => decision == AccessDecision.KeyRequired
        ? $"Room '{key.Room}' needs a key: the stream key is {key.Room}?token=KEY"
        : $"The key for room '{key.Room}' is wrong.";

    public static string Describe(CloseReason reason) => reason switch
    {
        CloseReason.Replaced => "Another encoder took this publication over.",
        CloseReason.Kicked => "Stopped by the operator.",
        CloseReason.ShuttingDown => "The gateway is shutting down.",
        _ => $"The publication ended: {reason.Name()}.",
    };

    /// <summary>Why the session ends when its publication was taken from it.</summary>
    public static RtmpCloseReason ReasonFor(CloseReason reason) => reason switch
    {
        CloseReason.Replaced => RtmpCloseReason.TakenOver,
        CloseReason.Kicked => RtmpCloseReason.Kicked,
        CloseReason.ShuttingDown => RtmpCloseReason.ShuttingDown,
        _ => RtmpCloseReason.Closed,
    };

    /// <summary>Why the publication loses its encoder when the session ended.</summary>
    public static CloseReason ReasonFor(RtmpCloseReason reason) => reason switch
    {
        RtmpCloseReason.PeerSilent => CloseReason.TimedOut,
        RtmpCloseReason.MalformedChunk or RtmpCloseReason.MessageTooLarge or RtmpCloseReason.TooManyChunkStreams =>
            CloseReason.ProtocolError,
        RtmpCloseReason.Kicked => CloseReason.Kicked,
        RtmpCloseReason.TakenOver => CloseReason.Replaced,
        RtmpCloseReason.ShuttingDown => CloseReason.ShuttingDown,
        _ => CloseReason.Left,
    };
}
