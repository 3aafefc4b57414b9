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
    /// <summary>Makes the conversions that it needs. Publication's loop.</summary>
    public static ViewerPlan Make(Publication publication, SessionDescription offer, LocalPeer local)
    {
        Track? video = publication.Video;
        ImmutableArray<Codec> codecs = SendableCodecs.Of(publication, MediaKind.Video);
        var audio = new SendableMedia(SendableCodecs.Of(publication, MediaKind.Audio));
        string? reason = null;
        while (true)
        {
            var sendable = new SendableMedia(codecs, SendableCodecs.ProfileOf(video));
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
}
