using Rooms.Publishing;

namespace Rooms;

/// <summary>What to do for browsers with video that they cannot decode as it is.</summary>
public enum VideoPolicy
{
    /// <summary>Convert it, where FFmpeg has the encoder.</summary>
    Transcode,

    /// <summary>Sound only, with the reason.</summary>
    Reject,

    /// <summary>Leave out B-frames, where no other frame refers to them; else sound only.</summary>
    Drop,
}

/// <summary>How rooms behave. Immutable; validated by the host at start.</summary>
public sealed record RoomOptions
{
    public TakeoverPolicy Takeover { get; init; } = TakeoverPolicy.SameCredential;

    /// <summary>Takeover policies of single rooms.</summary>
    public IReadOnlyDictionary<string, TakeoverPolicy> TakeoverByRoom { get; init; } = new Dictionary<string, TakeoverPolicy>();

    public VideoPolicy Video { get; init; } = VideoPolicy.Transcode;

    /// <summary>Video policies of single rooms.</summary>
    public IReadOnlyDictionary<string, VideoPolicy> VideoByRoom { get; init; } = new Dictionary<string, VideoPolicy>();

    /// <summary>How long viewers of a publisher that went away are kept.</summary>
    public TimeSpan KeepAfterPublisherLeft { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>No media for this long = idle.</summary>
    public TimeSpan IdleAfter { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a conversion that nobody takes any more is kept.</summary>
    public TimeSpan KeepUnusedConversion { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The longest group of pictures that a track keeps for joining takers.</summary>
    public TimeSpan GopCacheTime { get; init; } = TimeSpan.FromSeconds(12);

    /// <summary>The most bytes that such a group may have.</summary>
    public int GopCacheBytes { get; init; } = 32 << 20;

    public int MaxRooms { get; init; } = 1000;

    public int MaxPublicationsPerRoom { get; init; } = 100;

    /// <summary>Video transcodes that may run at one time.</summary>
    public int MaxVideoTranscodes { get; init; } = Environment.ProcessorCount;

    public TakeoverPolicy TakeoverOf(string room) => TakeoverByRoom.GetValueOrDefault(room, Takeover);

    public VideoPolicy VideoPolicyOf(string room) => VideoByRoom.GetValueOrDefault(room, Video);
}
