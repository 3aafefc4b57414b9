using Protocols.Sdp;
using Recorder;
using Rooms;
using Rooms.Publishing;

namespace Gateway.Options;

/// <summary>Everything that can be set, read and checked once at start by <see cref="OptionsReader"/>. Paths are absolute.</summary>
public sealed record GatewayOptions
{
    /// <summary>The folder that holds <c>webroot/</c>; relative paths count from it.</summary>
    public required string BaseDirectory { get; init; }

    public required ListenPort HttpPort { get; init; }

    public required ListenPort HttpsPort { get; init; }

    public required ListenPort RtmpPort { get; init; }

    public required ListenPort RtmpsPort { get; init; }

    public required WebRtcOptions WebRtc { get; init; }

    public required PortRange RtpPorts { get; init; }

    public required RecorderOptions Recorder { get; init; }

    /// <summary>Of rooms that have none of their own.</summary>
    public required RecordingPolicy RecordingPolicy { get; init; }

    public string RecorderDirectory => Recorder.Directory;

    public required string PlaybackDirectory { get; init; }

    /// <summary>That run at one time.</summary>
    public required int MaxPlaybacks { get; init; }

    public required string CertificatesDirectory { get; init; }

    public required string WebRoot { get; init; }

    /// <summary>Null = made at first start and kept beside the certificates.</summary>
    public required string? AdminKey { get; init; }

    public required TakeoverPolicy Takeover { get; init; }

    public required VideoOptions Video { get; init; }

    public required FastStartOptions FastStart { get; init; }

    public required ParticipantOptions Participants { get; init; }

    /// <summary>Of offers to WHIP and WHEP.</summary>
    public required SdpLimits Sdp { get; init; }

    /// <summary>How long /readyz answers 503 before the listeners close.</summary>
    public required TimeSpan DrainTime { get; init; }

    /// <summary>By room name; upper and lower case are not told apart, so that a key always covers what it looks like.</summary>
    public required IReadOnlyDictionary<string, RoomSettings> Rooms { get; init; }

    public RecordingPolicy RecordingPolicyOf(string room) => Room(room).Recording ?? RecordingPolicy;

    public RoomSettings Room(string name) => Rooms.GetValueOrDefault(name, RoomSettings.Default);
}

/// <param name="Port">UDP and TCP port of all WebRTC sessions.</param>
/// <param name="Tcp">Whether WebRTC is taken over TCP, too.</param>
/// <param name="AnnouncedAddresses">Given out as candidates beside the machine's own addresses.</param>
/// <param name="Loops">Media loops; 0 = one per usable core.</param>
/// <param name="IceServers">STUN and TURN urls that clients are told to use.</param>
/// <param name="PlayoutDelay">Milliseconds that viewers who negotiated the extension are asked to keep; null = they decide.</param>
public sealed record WebRtcOptions(
    ListenPort Port,
    bool Tcp,
    IReadOnlyList<System.Net.IPAddress> AnnouncedAddresses,
    int Loops,
    IReadOnlyList<string> IceServers,
    DelayRange? PlayoutDelay);

/// <param name="Policy">What to do with video that browsers can't take as it is.</param>
/// <param name="Transcodes">Simultaneous video transcodes; 0 = one per core.</param>
public sealed record VideoOptions(VideoPolicy Policy, int Transcodes);

/// <param name="Shift">Taken off the timestamps of the cached pictures a joining viewer gets; zero = original timestamps.</param>
/// <param name="CacheTime">Longest group of pictures kept for joining viewers.</param>
/// <param name="CacheBytes">Most memory a track's group may take.</param>
public sealed record FastStartOptions(TimeSpan Shift, TimeSpan CacheTime, int CacheBytes);

/// <summary>Bounds of rooms of many.</summary>
/// <param name="MaxPerRoom">Participants in one room, those whose connection is lost included.</param>
/// <param name="MaxTracks">Sections with media that one participant may send.</param>
/// <param name="MessagesPerSecond">That one participant may send, and <see cref="Burst"/> times as many at once.</param>
/// <param name="MaxMessageBytes">Of one message.</param>
/// <param name="ResumeTime">How long the place of one whose connection is lost is kept.</param>
public sealed record ParticipantOptions(int MaxPerRoom, int MaxTracks, int MessagesPerSecond, int MaxMessageBytes, TimeSpan ResumeTime)
{
    public const int Burst = 4;

    /// <summary>A picture and a sound of everybody, and a few screens.</summary>
    public SdpLimits SdpLimits => new(MaxMessageBytes, (2 * MaxPerRoom) + 4);
}

/// <summary>Settings of one room; null = open, and as set for all.</summary>
public sealed record RoomSettings(
    string? PublishKey = null, string? ViewKey = null, VideoPolicy? VideoPolicy = null, TakeoverPolicy? Takeover = null, RecordingPolicy? Recording = null)
{
    public static RoomSettings Default { get; } = new();
}
