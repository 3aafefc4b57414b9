using System.Collections.Immutable;
using Media;
using Protocols.Ice;

namespace Protocols.Sdp;

/// <summary>
/// The offer of a peer that receives any number of streams over one transport. Which sections are answered with what is
/// the caller's choice; all others are answered as inactive and stay, for another offer to use (RFC 8829 §5.3.1).
/// </summary>
public sealed class ReceivingOffer
{
    private readonly SessionDescription _offer;
    private readonly Dictionary<string, MediaDescription> _sections;

    private ReceivingOffer(SessionDescription offer, MediaDescription transport)
    {
        _offer = offer;
        _sections = offer.Media.ToDictionary(section => section.Mid!);
        TransportMid = offer.Bundle?.FirstOrDefault() ?? transport.Mid!;
        RemoteCredentials = new IceCredentials(offer.UfragOf(transport)!, offer.PasswordOf(transport)!);
        RemoteFingerprint = offer.FingerprintOf(transport)!;
    }

    /// <summary>The section that the transport of all is named after (RFC 9143 §7.2).</summary>
    public string TransportMid { get; }

    /// <summary>The peer's own: others than in its last offer mean an ICE restart (RFC 8839 §4.4.1.1.1).</summary>
    public IceCredentials RemoteCredentials { get; }

    /// <summary>The certificate that DTLS must show; another one than before means a new peer connection.</summary>
    public Fingerprint RemoteFingerprint { get; }

    /// <summary>The mids of all sections, in the offer's order.</summary>
    public IEnumerable<string> Mids => _offer.Media.Select(section => section.Mid!);

    public static bool TryCreate(SessionDescription offer, out ReceivingOffer? receiving, out NegotiationFailure? failure)
    {
        ArgumentNullException.ThrowIfNull(offer);
        receiving = null;
        MediaDescription? first = null;
        failure = OfferedSections.CheckMids(offer);
        if (failure is not null) return false;
        first = OfferedSections.WithTransport(offer, OfferedSections.FirstOfMedia(offer));
        failure = OfferAnswer.CheckTransport(offer, first);
        if (failure is null) receiving = new ReceivingOffer(offer, first!);
        return failure is null;
    }

    public bool Contains(string mid) => _sections.ContainsKey(mid);

    /// <summary>The kind of media of a section; null for others, such as data channels.</summary>
    public MediaKind? KindOf(string mid) => _sections.GetValueOrDefault(mid)?.Kind switch
    {
        "audio" => MediaKind.Audio,
        "video" => MediaKind.Video,
        _ => null,
    };

    /// <summary>Whether a stream can be sent in the section.</summary>
    public bool CanReceive(string mid) =>
        _sections.TryGetValue(mid, out MediaDescription? section) && OfferedSections.Flows(_offer, section, SdpDirection.ReceiveOnly);

    /// <summary>Whether the section takes a codec of ours.</summary>
    public bool Takes(string mid, Codec codec) =>
        _sections.TryGetValue(mid, out MediaDescription? section) && CodecMatcher.Find(section, codec, SendableMedia.Baseline) is not null;

    /// <summary>For a person: the codecs that the section offers.</summary>
    public string Describe(string mid) => _sections.TryGetValue(mid, out MediaDescription? section) ? OfferedSections.Describe(section) : "";

    /// <summary>Answers with those streams.</summary>
    /// <param name="accepted">Sections that can receive and take one of the codecs; each once.</param>
    /// <param name="cname">Of all that is sent to the peer.</param>
    public ReceivingAnswer Answer(IReadOnlyList<SectionToSend> accepted, LocalPeer local, AnswerOrigin origin, string cname)
    {
        ArgumentNullException.ThrowIfNull(accepted);
        ArgumentNullException.ThrowIfNull(local);
        ArgumentNullException.ThrowIfNull(origin);
        var builder = new ViewerAnswerBuilder(_offer, local, cname, keepsSections: true);
        var sent = ImmutableArray.CreateBuilder<SentSection>(accepted.Count);
        // What runs keeps its sources, so those come first.
        foreach (SectionToSend section in accepted)
            if (TryRepeat(builder, section)) sent.Add(section.Before!);
        foreach (SectionToSend section in accepted)
            if (!sent.Contains(section.Before!)) sent.Add(Accept(builder, section));
        SessionDescription answer = builder.Build();
        origin.Mark(answer);
        return new ReceivingAnswer(answer, sent.ToImmutable());
    }

    private bool TryRepeat(ViewerAnswerBuilder builder, SectionToSend section)
    {
        if (section.Before is not { } before || before.Mid != section.Mid || before.StreamId != section.StreamId) return false;
        if (!builder.CanRepeat(_sections[section.Mid], before)) return false;
        builder.Repeat(_sections[section.Mid], before);
        return true;
    }

    private SentSection Accept(ViewerAnswerBuilder builder, SectionToSend section)
    {
        MediaDescription offered = _sections[section.Mid];
        ImmutableArray<(Codec, SdpCodec)> formats =
        [
            .. section.Media.Codecs.Distinct()
                .Select(codec => (codec, format: CodecMatcher.Find(offered, codec, section.Media.H264Profile)))
                .Where(match => match.format is not null).Select(match => (match.codec, match.format!)),
        ];
        if (formats.IsEmpty || !CanReceive(section.Mid))
            throw new ArgumentException($"Section {section.Mid} cannot receive any of these codecs.", nameof(section));
        return builder.Accept(offered, formats, section.StreamId);
    }
}

/// <summary>The answer to a <see cref="ReceivingOffer"/>.</summary>
/// <param name="Sections">What is sent: those that go on as they were are the same objects.</param>
public sealed record ReceivingAnswer(SessionDescription Answer, ImmutableArray<SentSection> Sections);
