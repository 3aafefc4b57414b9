using Media;

namespace Rooms.Participants;

/// <summary>What of a participant a publication shows. A participant may have one of each.</summary>
public enum PublicationSource
{
    /// <summary>Camera and microphone.</summary>
    Camera,

    /// <summary>The screen, with its sound.</summary>
    Screen,
}

public static class PublicationSourceExtensions
{
    private const string ScreenSuffix = "-screen";

    /// <summary>The name of that publication in the room.</summary>
    public static string PublicationOf(this PublicationSource source, string participant) =>
        source == PublicationSource.Screen ? participant + ScreenSuffix : participant;
}

/// <summary>One medium of one source of a participant.</summary>
public readonly record struct ParticipantTrack(PublicationSource Source, MediaKind Kind);
