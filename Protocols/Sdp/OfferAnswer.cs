using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Media;
using Protocols.Ice;

namespace Protocols.Sdp;

/// <summary>
/// The policy of offer and answer (RFC 3264, RFC 8829): a viewer offers to receive and we answer with what we send; a
/// publisher offers to send and we answer with what we take.
/// One transport for all (BUNDLE, rtcp-mux), ICE-lite, DTLS passive. What is not taken gets port 0 and is left out of
/// the BUNDLE group: data channels, a second section of a kind, video that does not exist.
/// </summary>
public static class OfferAnswer
{
    public static bool TryAnswerViewer(
        SessionDescription offer, SendableMedia audio, SendableMedia video, LocalPeer local,
        out ViewerNegotiation? negotiation, out NegotiationFailure? failure)
    {
        ArgumentNullException.ThrowIfNull(offer);
        ArgumentNullException.ThrowIfNull(local);
        negotiation = null;
        ViewerSections sections = ViewerSections.Choose(offer, audio, video);
        failure = sections.Failure ?? CheckTransport(offer, sections.First);
        if (failure is not null) return false;
        MediaDescription first = sections.First!;
        var builder = new ViewerAnswerBuilder(offer, local);
        string streamId = builder.NewStreamId();
        NegotiatedTrack? audioTrack = sections.Audio is { } a ? Accept(builder, a, streamId) : null;
        NegotiatedTrack? videoTrack = sections.Video is { } v ? Accept(builder, v, streamId) : null;
        negotiation = new ViewerNegotiation
        {
            RemoteCredentials = new IceCredentials(offer.UfragOf(first)!, offer.PasswordOf(first)!),
            RemoteFingerprint = offer.FingerprintOf(first)!,
            Cname = builder.Cname,
            Audio = audioTrack,
            Video = videoTrack,
            AudioRefusal = sections.AudioRefusal,
            VideoRefusal = sections.VideoRefusal,
            Answer = builder.Build(),
        };
        return true;
    }

    public static bool TryAnswerPublisher(
        SessionDescription offer, ReceivableMedia media, LocalPeer local,
        out PublisherNegotiation? negotiation, out NegotiationFailure? failure)
    {
        ArgumentNullException.ThrowIfNull(offer);
        ArgumentNullException.ThrowIfNull(media);
        ArgumentNullException.ThrowIfNull(local);
        negotiation = null;
        PublisherSections sections = PublisherSections.Choose(offer, media);
        MediaDescription? first = OfferedSections.WithTransport(offer, sections.Kept ?? sections.Taken.FirstOrDefault()?.Section);
        failure = sections.Failure ?? CheckTransport(offer, first);
        if (failure is not null) return false;
        var builder = new PublisherAnswerBuilder(offer, local, media);
        ImmutableArray<ReceivedSection> received = [.. sections.Taken.Select(builder.Accept)];
        negotiation = new PublisherNegotiation
        {
            RemoteCredentials = new IceCredentials(offer.UfragOf(first!)!, offer.PasswordOf(first!)!),
            RemoteFingerprint = offer.FingerprintOf(first!)!,
            TransportMid = offer.Bundle?.FirstOrDefault() ?? first!.Mid!,
            Sections = received,
            Refusals = [.. sections.Refusals],
            Answer = builder.Build(),
        };
        return true;
    }

    private static NegotiatedTrack Accept(ViewerAnswerBuilder builder, ChosenSection chosen, string streamId) =>
        NegotiatedTrack.Of(builder.Accept(chosen.Section, [(chosen.Codec, chosen.Format)], streamId, chosen.Section.Kind));

    // All sections are on one transport, so the first one taken speaks for all.
    internal static NegotiationFailure? CheckTransport(SessionDescription offer, MediaDescription? first)
    {
        if (first is null) return new NegotiationFailure(NegotiationError.NothingToReceive, "The offer has no section to send into.");
        if (offer.Bundle is null && offer.Media.Count(section => section.IsActive) > 1)
            return new NegotiationFailure(NegotiationError.NoBundle, "The offer has several sections and no a=group:BUNDLE; only one transport per session is supported.");
        if (!first.RtcpMux) return new NegotiationFailure(NegotiationError.NoRtcpMux, $"Section {first.Mid} has no a=rtcp-mux.");
        if (offer.UfragOf(first) is null || offer.PasswordOf(first) is null)
            return new NegotiationFailure(NegotiationError.NoIceCredentials, $"Section {first.Mid} has no a=ice-ufrag and a=ice-pwd.");
        if (offer.FingerprintOf(first) is null)
            return new NegotiationFailure(NegotiationError.NoFingerprint, $"Section {first.Mid} has no a=fingerprint with sha-256, sha-384 or sha-512.");
        return offer.SetupOf(first) is DtlsSetup.ActPass or DtlsSetup.Active
            ? null
            : new NegotiationFailure(NegotiationError.NotDtlsClient, "The offer has a=setup:passive; it must be actpass or active.");
    }
}
