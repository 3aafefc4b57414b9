using Media.Buffers;
using Media.Rtp;
using Media.Scheduling;

namespace Rooms.Tracks;

/// <summary>
/// One encoding of a track for those who chose it. While it is not sent they get the largest one that is: a small picture
/// that stands still is worse than another one. A steady one, for recordings, is slower to leave and goes back only when it
/// is told to. Publication's loop.
/// </summary>
public sealed class ChosenEncodingTrack : EncodingTrack
{
    private const long Patience = 3 * MonotonicClock.TicksPerSecond;

    private readonly PublishedPacketTrack _source;
    private readonly bool _isSteady;
    private readonly PacketNumbers _numbers = new();
    private bool _mayGoBack;

    internal ChosenEncodingTrack(string id, PublishedPacketTrack source, string encodingId, bool isSteady) : base(id, source.Publication, source.Format!)
    {
        _source = source;
        _isSteady = isSteady;
        EncodingId = encodingId;
        Clock = new PacketClock(source.Format!.ClockRate);
    }

    public string EncodingId { get; }

    public override BrowserCompatibility Compatibility => _source.Compatibility;

    public override bool AnswersKeyframeRequests => _source.AnswersKeyframeRequests;

    internal PacketClock Clock { get; }

    public override void RequestKeyframe() => (Current ?? Wanted())?.RequestKeyframe();

    internal void Start()
    {
        _source.Add(this);
        RequestKeyframe();
    }

    /// <summary>Takes a packet of the source, which is copied: what is changed in it differs from track to track.</summary>
    internal void Offer(PacketEncoding encoding, in RtpPacket packet)
    {
        if (encoding != Current && !packet.StartsKeyframe) return;
        using PooledBuffer copy = packet.Buffer.RentCopy(packet.Slice);
        Take(encoding, packet with { Buffer = copy, Offset = 0 });
    }

    /// <summary>What was left is taken again, at its next keyframe.</summary>
    internal void GoBack()
    {
        if (Current?.Id == EncodingId) return;
        _mayGoBack = true;
        Tick();
    }

    internal void Remove(PacketEncoding encoding)
    {
        if (Current != encoding) return;
        Current = null;
        RequestKeyframe(); // of one that is left
    }

    /// <summary>Once a second: asks for a keyframe where another encoding is to be passed on.</summary>
    internal void Tick()
    {
        if (Wanted() is { } wanted && wanted != Current) wanted.RequestKeyframe();
    }

    protected override void OnClosing(CloseReason reason)
    {
        _source.Remove(this);
        Current = null;
        base.OnClosing(reason);
    }

    // Viewers go over from the room's own stream: the two must be together.
    private protected override bool TryPlace(long arrival, out long place) => _source.TryPlaceNow(arrival, out place) || base.TryPlace(arrival, out place);

    private protected override PacketNumbers NumbersOf(PacketEncoding encoding) => _numbers;

    private protected override PacketClock ClockOf(PacketEncoding encoding) => Clock;

    private protected override bool MayTakeOver(PacketEncoding encoding) => encoding == Wanted();

    private protected override void OnAwaited(PacketEncoding encoding)
    {
        // It was asked for a keyframe, and is each second.
    }

    private PacketEncoding? Wanted()
    {
        PacketEncoding? chosen = _source.Find(EncodingId);
        long now = Loop.Now;
        if (!_isSteady) return chosen?.IsLive(now) == true ? chosen : _source.Best();
        if (Current == chosen) _mayGoBack = false;
        PacketEncoding? other = Current != chosen && Current?.IsLive(now) == true ? Current : null;
        if (chosen is null || now - chosen.Statistics.LastFrameTime >= Patience) return other ?? _source.Best();
        return _mayGoBack ? chosen : other ?? chosen;
    }
}
