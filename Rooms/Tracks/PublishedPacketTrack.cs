using System.Collections.Immutable;
using Media;
using Media.Rtp;

namespace Rooms.Tracks;

/// <summary>
/// A track as its publisher sends it, in packets. Takers see one stream of one numbering and one time, whatever encodings
/// and publishers follow each other behind it. Of several encodings the largest live one is passed on; who wants another
/// one takes a <see cref="ChosenEncodingTrack"/>.
/// </summary>
public sealed class PublishedPacketTrack : EncodingTrack
{
    private ImmutableArray<ChosenEncodingTrack> _chosen = [];
    private BrowserCompatibility _compatibility = BrowserCompatibility.Forwarded;
    private int _told; // what was last told of the encodings

    internal PublishedPacketTrack(string id, Publication publication, TrackFormat format) : base(id, publication, format)
    {
    }

    public override bool IsPublished => true;

    /// <summary>What came by WebRTC can go by WebRTC; other encoders are judged by what their parameter sets say.</summary>
    public override BrowserCompatibility Compatibility => _compatibility;

    public override bool AnswersKeyframeRequests =>
        Format!.Kind == MediaKind.Video && !Encodings.IsEmpty && (Current ?? Encodings[0]).AnswersKeyframeRequests;

    public ImmutableArray<PacketEncoding> Encodings { get; private set; } = [];

    /// <summary>Streams of single encodings that somebody chose.</summary>
    internal ImmutableArray<ChosenEncodingTrack> Chosen => _chosen;

    public override void RequestKeyframe()
    {
        if (Current is not null) Current.RequestKeyframe();
        else foreach (PacketEncoding encoding in Encodings) encoding.RequestKeyframe();
    }

    /// <summary>Null = there is none of that id.</summary>
    public PacketEncoding? Find(string encodingId) => Encodings.FirstOrDefault(encoding => encoding.Id == encodingId);

    internal void Add(PacketEncoding encoding)
    {
        int index = 0;
        while (Encodings.Any(other => other.Index == index)) index++;
        encoding.Index = (byte)index;
        Encodings = Encodings.Add(encoding);
    }

    internal void Remove(PacketEncoding encoding)
    {
        Encodings = Encodings.Remove(encoding);
        foreach (ChosenEncodingTrack chosen in _chosen) chosen.Remove(encoding);
        if (Current != encoding) return;
        Current = null;
        RequestKeyframe(); // of those that are left
    }

    internal void Write(PacketEncoding encoding, in RtpPacket packet)
    {
        // First, since the payload is changed in place further down.
        foreach (ChosenEncodingTrack chosen in _chosen) chosen.Offer(encoding, packet);
        Take(encoding, packet);
    }

    internal void Add(ChosenEncodingTrack chosen) => _chosen = _chosen.Add(chosen);

    internal void Remove(ChosenEncodingTrack chosen) => _chosen = _chosen.Remove(chosen);

    /// <summary>The largest one that is sent now.</summary>
    internal PacketEncoding? Best()
    {
        PacketEncoding? best = null;
        long now = Loop.Now;
        foreach (PacketEncoding encoding in Encodings)
            if (encoding.IsLive(now) && (best is null || encoding.IsLargerThan(best))) best = encoding;
        return best;
    }

    /// <summary>Once a second: asks for a keyframe where another encoding is to be passed on, and tells of changes.</summary>
    internal void Tick()
    {
        foreach (ChosenEncodingTrack chosen in _chosen) chosen.Tick();
        if (Encodings.Length > 1 && Best() is { } best && best != Current) best.RequestKeyframe();
        int state = EncodingsState();
        if (state == _told) return;
        _told = state;
        if (Statistics.Frames > 0) Publication.OnTrackChanged(this, isNew: false);
    }

    internal override void OnPublisherChanged()
    {
        ImmutableArray<PacketEncoding> gone = Encodings;
        Encodings = [];
        Current = null;
        foreach (PacketEncoding encoding in gone) encoding.Remove();
    }

    protected override void OnClosing(CloseReason reason)
    {
        OnPublisherChanged();
        base.OnClosing(reason);
    }

    internal bool TryPlaceNow(long arrival, out long place) => TryPlace(arrival, out place);

    private protected override PacketNumbers NumbersOf(PacketEncoding encoding) => encoding.Numbers;

    private protected override PacketClock ClockOf(PacketEncoding encoding) => encoding.Clock;

    private protected override bool MayTakeOver(PacketEncoding encoding) => Current is null || encoding == Best();

    private protected override void OnAwaited(PacketEncoding encoding) => encoding.RequestKeyframe();

    private protected override void OnFrame(long mediaTime, long arrival) => Publication.Timeline.Observe(mediaTime, arrival);

    private protected override void OnFormatChanged(bool isNew)
    {
        _compatibility = BrowserCompatibility.OfPackets(Format!);
        Publication.OnTrackChanged(this, isNew);
    }

    /// <summary>Which encodings there are, which are live and which is passed on; 0 where there is no choice.</summary>
    private int EncodingsState()
    {
        if (Encodings.Length < 2) return 0;
        var state = new HashCode();
        long now = Loop.Now;
        foreach (PacketEncoding encoding in Encodings) state.Add((encoding.Id, encoding.Pixels, encoding.IsLive(now), encoding == Current));
        return state.ToHashCode();
    }
}
