using System.Collections.Immutable;
using Media;
using Protocols.Sdp;
using Rooms;
using Rooms.Tracks;

namespace Egress.WebRtc;

/// <summary>What a publication's media can be sent as: in the source's own codec, and in those that it can be made into.</summary>
internal static class SendableCodecs
{
    /// <summary>What can be made of other codecs.</summary>
    private static readonly ImmutableArray<Codec> s_madeVideo = [Codec.H264, Codec.Vp8];

    // What publishers of packets may send, and go over to
    private static readonly ImmutableArray<Codec> s_video = [Codec.H264, Codec.Vp8, Codec.Vp9, Codec.Av1];
    private static readonly ImmutableArray<Codec> s_audio = [Codec.Opus, Codec.Pcmu, Codec.Pcma];

    /// <summary>Best first; empty = there is no such video. Publication's loop.</summary>
    public static ImmutableArray<Codec> Of(Publication publication, MediaKind kind) =>
        kind == MediaKind.Audio ? AudioOf(publication)
        : publication.Video is { Format: { } format } ? VideoOf(format.Codec)
        : [];

    /// <summary>The same, and behind it what the source may become; null = it is awaited.</summary>
    public static SendableMedia NowAndLater(Publication? publication, MediaKind kind)
    {
        ImmutableArray<Codec> now = publication is null ? [] : Of(publication, kind);
        ImmutableArray<Codec> all = kind == MediaKind.Audio ? s_audio : s_video;
        return new SendableMedia([.. now, .. all.Except(now)], ProfileOf(publication?.Video));
    }

    /// <summary>Of what is forwarded as it is; a conversion makes constrained baseline.</summary>
    public static byte ProfileOf(Track? video) =>
        video is { Compatibility.IsCompatible: true, Format: { Codec: Codec.H264, Video: { } properties } }
            ? properties.Profile
            : SendableMedia.Baseline;

    // The source's own comes first.
    private static ImmutableArray<Codec> VideoOf(Codec source) =>
        s_video.Contains(source) ? [source, .. s_madeVideo.Remove(source)] : s_madeVideo;

    // Opus always, whether there is sound yet or not: late audio then needs nothing. Files have G.711 in more than the one
    // shape that WebRTC knows (RFC 7874 §3).
    private static ImmutableArray<Codec> AudioOf(Publication publication) =>
        publication.Audio is { Format: { Codec: var codec and (Codec.Pcmu or Codec.Pcma), ClockRate: 8000, Channels: 1 } }
            ? [codec, Codec.Opus]
            : [Codec.Opus];
}
