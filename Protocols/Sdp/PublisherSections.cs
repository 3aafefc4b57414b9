using System.Collections.Immutable;
using Media;

namespace Protocols.Sdp;

/// <summary>A section that is taken, with the payload types that are, in the offer's order.</summary>
internal sealed record TakenSection(MediaDescription Section, IReadOnlyList<(Codec Codec, SdpCodec Format)> Formats);

/// <summary>Which sections of a publisher's offer are taken: the first ones of each kind that can send something we know.</summary>
internal sealed class PublisherSections
{
    private readonly Dictionary<string, int> _askedByKind = [];

    public List<TakenSection> Taken { get; } = [];

    public List<SectionRefusal> Refusals { get; } = [];

    /// <summary>Where nothing need be taken: the section that the transport is read from, whatever is.</summary>
    public MediaDescription? Kept { get; private set; }

    public NegotiationFailure? Failure { get; private set; }

    public static PublisherSections Choose(SessionDescription offer, ReceivableMedia media)
    {
        var sections = new PublisherSections { Failure = OfferedSections.CheckMids(offer) };
        if (sections.Failure is not null) return sections;
        foreach (MediaDescription section in offer.Media) sections.Consider(offer, section, media);
        if (media.KeepsSections) sections.Kept = OfferedSections.FirstOfMedia(offer);
        sections.Failure = sections.Judge();
        return sections;
    }

    private void Consider(SessionDescription offer, MediaDescription section, ReceivableMedia media)
    {
        if (!media.Wants(section) || !OfferedSections.Flows(offer, section, SdpDirection.SendOnly)) return;
        int asked = _askedByKind[section.Kind] = _askedByKind.GetValueOrDefault(section.Kind) + 1;
        if (asked > media.MaxSectionsOf(section.Kind))
        {
            Refuse(section, $"{section.Kind} can be published {media.MaxSectionsOf(section.Kind)} time(s) in one session.");
            return;
        }

        ImmutableArray<Codec> codecs = media.CodecsOf(section);
        List<(Codec, SdpCodec)> formats = CodecMatcher.All(section, codecs);
        if (formats.Count > 0) Taken.Add(new TakenSection(section, formats));
        else Refuse(section, $"no common codec. The offer can send {OfferedSections.Describe(section)}. Taken are {Describe(codecs)}.");
    }

    private void Refuse(MediaDescription section, string reason) => Refusals.Add(new SectionRefusal(section.Mid!, reason));

    private NegotiationFailure? Judge()
    {
        if (Taken.Count > 0 || Kept is not null) return null;
        return _askedByKind.Count == 0
            ? new NegotiationFailure(NegotiationError.NothingToSend, "No audio or video section of the offer is to send (sendonly or sendrecv).")
            : new NegotiationFailure(NegotiationError.NoCommonCodec, string.Join(' ', Refusals.Take(4)));
    }

    private static string Describe(ImmutableArray<Codec> codecs) =>
        string.Join(", ", codecs.Select(codec => codec == Codec.H264 ? "H264 mode 1" : codec.Name()));
}
