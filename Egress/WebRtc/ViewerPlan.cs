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
    /// <summary>What can be made of other codecs.</summary>
    private static readonly ImmutableArray<Codec> s_videoCodecs = [Codec.H264, Codec.Vp8];

    /// <summary>Makes the conversions that it needs. Publication's loop.</summary>
    public static ViewerPlan Make(Publication publication, SessionDescription offer, LocalPeer local)
    {
        Track? video = publication.Video;
        ImmutableArray<Codec> codecs = video?.Format is { } format ? CodecsFor(video, format.Codec) : [];
        var audio = new SendableMedia(AudioFor(publication));
        string? reason = null;
        while (true)
        {
            var sendable = new SendableMedia(codecs, ProfileOf(video));
            if (!OfferAnswer.TryAnswerViewer(offer, audio, sendable, local, out ViewerNegotiation? agreed, out NegotiationFailure? failure))
                return Refuse(video, failure!, reason);
            if (agreed!.Video is null) return SoundOnly(publication, agreed, reason);
            Codec codec = agreed.Video.Codec;
            TrackView view = publication.Views.Find(new TrackShape(TrackForm.Packets, codec, ForBrowsers: true));
            if (view.Track is not null) return new ViewerPlan(agreed, null, null);
            reason ??= view.Reason;
            codecs = codecs.Remove(codec);
        }
    }

    // What is passed on as it is has a codec that the viewer lacks, or nothing is wrong; other sources may be converted later.
    private static ViewerPlan Refuse(Track? video, NegotiationFailure failure, string? reason)
    {
        if (reason is null) return new ViewerPlan(null, failure, null);
        return video?.Form == TrackForm.Packets
            ? new ViewerPlan(null, failure with { Detail = $"{failure.Detail} Conversion: {reason}." }, null)
            : new ViewerPlan(null, null, reason);
    }

    private static ViewerPlan SoundOnly(Publication publication, ViewerNegotiation agreed, string? reason)
    {
        if (reason is null) return new ViewerPlan(agreed, null, null);
        if (agreed.Audio is null || publication.Audio is null) return new ViewerPlan(null, null, reason);
        return new ViewerPlan(agreed with { VideoRefusal = reason }, null, null);
    }

    // The source's own comes first; packets are passed on in any codec, frames only in those that can be cut into packets.
    private static ImmutableArray<Codec> CodecsFor(Track video, Codec source) =>
        video.Form == TrackForm.Packets || s_videoCodecs.Contains(source) ? [source, .. s_videoCodecs.Remove(source)] : s_videoCodecs;

    // Opus always, whether there is sound yet or not: late audio then needs nothing.
    private static ImmutableArray<Codec> AudioFor(Publication publication) =>
        publication.Audio is { Form: TrackForm.Packets, Format.Codec: var codec and not Codec.Opus } ? [codec, Codec.Opus] : [Codec.Opus];

    /// <summary>Of what is forwarded as it is; a conversion makes constrained baseline.</summary>
    private static byte ProfileOf(Track? video) =>
        video is { Compatibility.IsCompatible: true, Format: { Codec: Codec.H264, Video: { } properties } }
            ? properties.Profile
            : SendableMedia.Baseline;
}
