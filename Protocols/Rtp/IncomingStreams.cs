using Media.Rtp;
using Protocols.Sdp;
using Protocols.WebRtc;

namespace Protocols.Rtp;

/// <summary>
/// Which encoding a packet belongs to (RFC 8843 §9.2): by a source that is known, else by the mid and rid that it carries,
/// else by its payload type where that leaves no choice. The number of sources is bounded; what belongs nowhere is counted.
/// </summary>
internal sealed class IncomingStreams
{
    private readonly ReceiverOptions _options;
    private readonly ReceiverCounters _counters;
    private readonly Dictionary<uint, IncomingSource> _sources = [];
    private IncomingEncoding[][] _bySection = [];
    private IReadOnlyList<ReceivedSection> _sections = [];

    public IncomingStreams(IReadOnlyList<ReceivedSection> sections, ReceiverOptions options, ReceiverCounters counters)
    {
        _options = options;
        _counters = counters;
        Update(sections);
    }

    public IncomingEncoding[] Encodings { get; private set; } = [];

    public int SourceCount => _sources.Count;

    /// <summary>Takes a new negotiation up: sections that mean the same go on with their encodings, others begin anew.</summary>
    public void Update(IReadOnlyList<ReceivedSection> sections)
    {
        var bySection = new IncomingEncoding[sections.Count][];
        for (int i = 0; i < sections.Count; i++) bySection[i] = EncodingsOf(sections[i]);
        _sections = sections;
        _bySection = bySection;
        Encodings = [.. bySection.SelectMany(encodings => encodings)];
        foreach (IncomingSource source in _sources.Values)
            if (!Encodings.Contains(source.Encoding)) _sources.Remove(source.Ssrc);
        foreach (IncomingEncoding encoding in Encodings) AddAnnounced(encoding);
    }

    /// <summary>The source of a packet that may be taken; its encoding may just have begun with it.</summary>
    public IncomingSource? Resolve(in ReceivedRtp packet, long now)
    {
        if (!_sources.TryGetValue(packet.Header.Ssrc, out IncomingSource? source))
        {
            source = Learn(packet, now);
            if (source is null) return null;
        }

        source.LastArrival = now;
        if (source.IsRtx) return source.MayRepair() ? source : Refuse(ref _counters.Retired);
        if (source == source.Encoding.Source) return source;
        // A source that was replaced comes back only where its successor has fallen silent.
        if (source.WasUsed && !IsSilent(source.Encoding, now)) return Refuse(ref _counters.Retired);
        Use(source);
        return source;
    }

    public IncomingEncoding? Find(uint ssrc) =>
        _sources.TryGetValue(ssrc, out IncomingSource? source) && source == source.Encoding.Source ? source.Encoding : null;

    private IncomingEncoding[] EncodingsOf(ReceivedSection section)
    {
        foreach (IncomingEncoding[] before in _bySection)
        {
            if (!before[0].Section.IsSameAs(section)) continue;
            foreach (IncomingEncoding encoding in before) encoding.Section = section;
            return before;
        }

        var encodings = new IncomingEncoding[Math.Max(1, section.Rids.Length)];
        for (int i = 0; i < encodings.Length; i++) encodings[i] = new IncomingEncoding(section, i, _options);
        return encodings;
    }

    private static IncomingSource? Refuse(ref long counter)
    {
        counter++;
        return null;
    }

    private void Use(IncomingSource source)
    {
        source.WasUsed = true;
        source.Encoding.Use(source);
        // With the source of a simulcast encoding its announced retransmissions are known too.
        foreach (AnnouncedSource announced in source.Encoding.Section.Sources)
            if (announced.Ssrc == source.Ssrc) AddRtx(source.Encoding, announced);
    }

    // Only where there is one encoding: which of several a source belongs to the offer does not tell.
    private void AddAnnounced(IncomingEncoding encoding)
    {
        ReceivedSection section = encoding.Section;
        if (section.Rids.Length > 1 || section.Sources.IsEmpty) return;
        AnnouncedSource announced = section.Sources[0];
        _sources.TryAdd(announced.Ssrc, new IncomingSource(announced.Ssrc, encoding, isRtx: false) { IsAnnounced = true });
        AddRtx(encoding, announced);
    }

    private void AddRtx(IncomingEncoding encoding, AnnouncedSource announced)
    {
        if (announced.RtxSsrc == 0 || _sources.Count >= _options.MaxSources) return;
        var source = new IncomingSource(announced.RtxSsrc, encoding, isRtx: true) { IsAnnounced = true, RepairedSsrc = announced.Ssrc };
        _sources.TryAdd(source.Ssrc, source);
    }

    private IncomingSource? Learn(in ReceivedRtp packet, long now)
    {
        var claim = StreamClaim.Of(packet, _sections);
        if (claim.Section < 0) return Refuse(ref _counters.Unassigned);
        IncomingEncoding? encoding = Pick(_bySection[claim.Section], claim);
        if (encoding is null) return Refuse(ref _counters.Unassigned);
        // A payload type alone is a weak claim: not against a source that is sending.
        bool isSurplus = !claim.IsNamed && !claim.IsRtx && encoding.Source is not null && !IsSilent(encoding, now);
        if (isSurplus || (_sources.Count >= _options.MaxSources && !Evict(now))) return Refuse(ref _counters.Surplus);
        var source = new IncomingSource(packet.Header.Ssrc, encoding, claim.IsRtx);
        _sources.Add(source.Ssrc, source);
        return source;
    }

    private static IncomingEncoding? Pick(IncomingEncoding[] encodings, in StreamClaim claim)
    {
        if (encodings.Length == 1 && claim.Rid.IsEmpty) return encodings[0];
        foreach (IncomingEncoding encoding in encodings)
            if (StreamClaim.IsSame(claim.Rid, encoding.Rid)) return encoding;
        return null;
    }

    private bool IsSilent(IncomingEncoding encoding, long now) => now - encoding.LastArrival > _options.SourceTimeout;

    // A publisher may change its sources for as long as it likes, but not faster than old ones are forgotten.
    private bool Evict(long now)
    {
        IncomingSource? oldest = null;
        foreach (IncomingSource source in _sources.Values)
        {
            bool isInUse = source.IsAnnounced || source == source.Encoding.Source || (source.IsRtx && source.MayRepair());
            if (!isInUse && now - source.LastArrival > _options.SourceMemory && !(oldest?.LastArrival <= source.LastArrival)) oldest = source;
        }

        return oldest is not null && _sources.Remove(oldest.Ssrc);
    }
}
