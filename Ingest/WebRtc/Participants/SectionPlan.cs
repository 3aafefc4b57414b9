using System.Collections.Immutable;
using Media;
using Protocols.Sdp;

namespace Ingest.WebRtc.Participants;

/// <summary>What is to become of the sections that a participant wants to publish in: which are taken, and why others are not.</summary>
internal sealed class SectionPlan
{
    private readonly List<(SectionSource Source, MediaKind Kind)> _wished = [];
    private readonly Dictionary<string, string> _refusals = []; // by mid

    public SectionPlan(ParticipantPublishOffer request, int maxSections)
    {
        var tracks = new HashSet<(string, MediaKind)>();
        var mids = new HashSet<string>();
        foreach (SectionSource source in request.Sections)
        {
            MediaDescription? section = request.Offer.Media.Find(candidate => candidate.Mid == source.Mid);
            MediaKind kind = section?.Kind == "audio" ? MediaKind.Audio : MediaKind.Video;
            if (!mids.Add(source.Mid)) continue; // the first entry counts
            _wished.Add((source, kind));
            if (section is not { Kind: "audio" or "video" }) _refusals[source.Mid] = "the offer has no such section of audio or video";
            else if (!CanSend(request.Offer, section)) _refusals[source.Mid] = "the section does not send";
            else if (_wished.Count - _refusals.Count > maxSections) _refusals[source.Mid] = $"a participant may send {maxSections} tracks";
            else if (!tracks.Add((source.Publication, kind))) _refusals[source.Mid] = $"'{source.Publication}' has a track of that kind already";
        }
    }

    /// <summary>All that the participant wants to publish.</summary>
    public IEnumerable<string> Publications => _wished.Select(wish => wish.Source.Publication).Distinct();

    /// <summary>What to negotiate for: the sections that nothing speaks against so far.</summary>
    public ReceivableMedia Media => ReceivableMedia.Default with
    {
        MaxAudioSections = int.MaxValue,
        MaxVideoSections = int.MaxValue,
        Mids = [.. _wished.Select(wish => wish.Source.Mid).Where(mid => !_refusals.ContainsKey(mid))],
        KeepsSections = true,
    };

    public ImmutableArray<PublishedSection> Outcome =>
    [
        .. _wished.Select(wish => new PublishedSection(
            wish.Source.Mid, wish.Source.Publication, wish.Kind, _refusals.GetValueOrDefault(wish.Source.Mid))),
    ];

    public void Refuse(ImmutableArray<SectionRefusal> refusals)
    {
        foreach (SectionRefusal refusal in refusals) _refusals.TryAdd(refusal.Mid, refusal.Reason);
    }

    /// <summary>A publication that is not to be had.</summary>
    public void Refuse(string publication, string reason)
    {
        foreach ((SectionSource source, _) in _wished)
            if (source.Publication == publication) _refusals.TryAdd(source.Mid, reason);
    }

    /// <summary>Where the sections that were taken belong to.</summary>
    public Dictionary<string, string> PublicationByMid(PublisherNegotiation negotiation) => _wished
        .Where(wish => negotiation.Sections.Any(section => section.Mid == wish.Source.Mid))
        .ToDictionary(wish => wish.Source.Mid, wish => wish.Source.Publication);

    private static bool CanSend(SessionDescription offer, MediaDescription section) =>
        section.IsActive && offer.DirectionOf(section) is SdpDirection.SendOnly or SdpDirection.SendReceive;
}
