using System.Collections.Immutable;
using Media;
using Protocols.Sdp;
using Rooms;
using Rooms.Tracks;

namespace Egress.WebRtc;

/// <summary>What a viewer is to be sent: what its offer and the publication, with all that it can be made into, share.</summary>
/// <param name="Negotiation">Null where there is nothing to send.</param>
/// <param name="Failure">Why the offer can't be answered.</param>
/// <param name="NothingToSend">Why nothing is left to send although the offer is fine.</param>
internal readonly record struct ViewerPlan(
    ViewerNegotiation? Negotiation, NegotiationFailure? Failure, string? NothingToSend)
{
    private static readonly ImmutableArray<Codec> s_videoCodecs = [Codec.H264, Codec.Vp8];

    /// <summary>Always, whether there is sound yet or not: late audio then needs nothing.</summary>
    private static readonly SendableMedia s_audio = new([Codec.Opus]);

    /// <summary>Makes the conversions that it needs. Publication's loop.</summary>
    public static ViewerPlan Make(Publication publication, SessionDescription offer, LocalPeer local)
    {
        PublishedTrack? video = publication.Video;
        ImmutableArray<Codec> codecs = video?.Format is { } format ? CodecsFor(format.Codec) : [];
        string? reason = null;
        while (true)
        {
            var sendable = new SendableMedia(codecs, ProfileOf(video));
            if (!OfferAnswer.TryAnswerViewer(offer, s_audio, sendable, local, out ViewerNegotiation? agreed, out NegotiationFailure? failure))
                return new ViewerPlan(null, reason is null ? failure : null, reason);
            if (agreed!.Video is null) return SoundOnly(publication, agreed, reason);
            Codec codec = agreed.Video.Codec;
            TrackView view = publication.Views.Find(new TrackShape(TrackForm.Packets, codec, ForBrowsers: true));
            if (view.Track is not null) return new ViewerPlan(agreed, null, null);
            reason ??= view.Reason;
            codecs = codecs.Remove(codec);
        }
    }

    private static ViewerPlan SoundOnly(Publication publication, ViewerNegotiation agreed, string? reason)
    {
        if (reason is null) return new ViewerPlan(agreed, null, null);
        if (agreed.Audio is null || publication.Audio is null) return new ViewerPlan(null, null, reason);
        return new ViewerPlan(agreed with { VideoRefusal = reason }, null, null);
    }

    private static ImmutableArray<Codec> CodecsFor(Codec source) =>
        source == Codec.H264 || !s_videoCodecs.Contains(source) ? s_videoCodecs : [source, .. s_videoCodecs.Remove(source)];

    /// <summary>Of what is forwarded as it is; a conversion makes constrained baseline.</summary>
    private static byte ProfileOf(PublishedTrack? video) =>
        video is { Compatibility.IsCompatible: true, Format: { Codec: Codec.H264, Video: { } properties } }
            ? properties.Profile
            : SendableMedia.Baseline;
}
