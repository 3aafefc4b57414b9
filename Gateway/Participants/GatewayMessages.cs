using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Gateway.Participants;

/// <summary>What the gateway sends (docs/room-protocol.md). Null is written, but where it is said otherwise.</summary>
internal abstract record GatewayMessage([property: JsonPropertyOrder(-1)] string Type)
{
    public byte[] ToUtf8() => JsonSerializer.SerializeToUtf8Bytes(this, GetType(), SignallingJson.Default);
}

internal sealed record JoinedMessage(
    int Version,
    string Room,
    string Id,
    string Name,
    string Resume,
    bool Resumed,
    int ResumeSeconds,
    bool MayPublish,
    ImmutableArray<PublicationView> Publications,
    ImmutableArray<ParticipantView> Participants,
    string? Speaker,
    ImmutableArray<IceServerView> IceServers,
    LimitsView Limits) : GatewayMessage("joined");

internal sealed record ParticipantMessage(string Event, ParticipantView Participant) : GatewayMessage("participant")
{
    public const string Joined = "joined";
    public const string Changed = "changed";
    public const string Left = "left";
}

internal sealed record AnswerMessage(
    string Pc,
    string Sdp,
    ImmutableArray<AnsweredTrack> Tracks,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] long? Request) : GatewayMessage("answer");

internal sealed record AnsweredTrack(
    string Mid,
    string Publication,
    string Kind,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Refusal,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Detail);

internal sealed record EndedMessage(string Pc, string Reason) : GatewayMessage("ended");

internal sealed record SpeakerMessage(string? Participant) : GatewayMessage("speaker");

internal sealed record ForwardedMessage(ImmutableArray<string> Videos) : GatewayMessage("forwarded");

internal sealed record PongMessage() : GatewayMessage("pong");

internal sealed record ErrorMessage(
    string Code,
    string Detail,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Of = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Pc = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] long? Request = null) : GatewayMessage("error");

internal sealed record ClosedMessage(string Reason) : GatewayMessage("closed");

/// <summary>Codes of errors that end nothing.</summary>
internal static class ErrorCode
{
    public const string BadMessage = "bad-message";
    public const string BadOffer = "bad-offer";
    public const string SessionEnded = "session-ended";
    public const string NotAllowed = "not-allowed";
    public const string AlreadyJoined = "already-joined";
    public const string WebRtcOff = "webrtc-off";
    public const string Kicked = "kicked";
}

internal sealed record IceServerView(ImmutableArray<string> Urls);

internal sealed record LimitsView(int Participants, int Tracks, int MessagesPerSecond, int MessageBytes, int Sections);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.Never)]
[JsonSerializable(typeof(JoinedMessage))]
[JsonSerializable(typeof(ParticipantMessage))]
[JsonSerializable(typeof(AnswerMessage))]
[JsonSerializable(typeof(EndedMessage))]
[JsonSerializable(typeof(SpeakerMessage))]
[JsonSerializable(typeof(ForwardedMessage))]
[JsonSerializable(typeof(PongMessage))]
[JsonSerializable(typeof(ErrorMessage))]
[JsonSerializable(typeof(ClosedMessage))]
[JsonSerializable(typeof(ParticipantView))]
internal sealed partial class SignallingJson : JsonSerializerContext;
