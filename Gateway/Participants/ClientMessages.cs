using System.Collections.Immutable;
using Media;
using Rooms.Participants;

namespace Gateway.Participants;

/// <summary>What a participant sends, checked (docs/room-protocol.md).</summary>
internal abstract record ClientMessage(string Type);

/// <param name="Resume">The secret of a place from before.</param>
/// <param name="SetsLastN">False: nothing is said of it, and a place that is taken again keeps what it had.</param>
internal sealed record JoinMessage(int Version, string Name, string? Resume, bool SetsLastN, int? LastN) : ClientMessage(TypeName)
{
    public const string TypeName = "join";
}

/// <param name="Request">Comes back in the answer.</param>
internal sealed record OfferMessage(PeerConnectionRole Role, string Sdp, ImmutableArray<OfferedTrack> Tracks, long? Request) : ClientMessage(TypeName)
{
    public const string TypeName = "offer";
}

/// <param name="Publication">Of what is sent: its source; of what is wanted: the publication's full name.</param>
internal readonly record struct OfferedTrack(string Mid, string Publication);

internal sealed record MuteMessage(PublicationSource Source, MediaKind Kind, bool Muted) : ClientMessage(TypeName)
{
    public const string TypeName = "mute";
}

internal sealed record SettingsMessage(int? LastN) : ClientMessage(TypeName)
{
    public const string TypeName = "settings";
}

internal sealed record LeaveMessage() : ClientMessage(TypeName)
{
    public const string TypeName = "leave";
}

internal sealed record PingMessage() : ClientMessage(TypeName)
{
    public const string TypeName = "ping";
}

/// <summary>Which of a participant's two peer connections.</summary>
internal enum PeerConnectionRole
{
    /// <summary>In which the participant sends.</summary>
    Send,

    /// <summary>In which it gets all that the others send.</summary>
    Receive,
}

/// <summary>The protocol's words for what the program has types for.</summary>
internal static class ProtocolWords
{
    public const string Camera = "camera";
    public const string Screen = "screen";

    public static string Word(this PeerConnectionRole role) => role == PeerConnectionRole.Send ? "send" : "receive";

    public static string Word(this PublicationSource source) => source == PublicationSource.Screen ? Screen : Camera;

    public static string Word(this MediaKind kind) => kind == MediaKind.Audio ? "audio" : "video";

    public static PublicationSource? Source(string word) => word switch
    {
        Camera => PublicationSource.Camera,
        Screen => PublicationSource.Screen,
        _ => null,
    };
}
