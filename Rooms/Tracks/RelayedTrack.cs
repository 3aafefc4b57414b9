using Media.Rtp;
using Media.Scheduling;

namespace Rooms.Tracks;

/// <summary>
/// A track of another loop as the takers of this one have it, and what makes one room use all cores: the same packets by
/// reference, in a history of its own, so that repairs, fast starts and the fan-out itself touch nothing of the home
/// loop's. Closed a while after its last taker has left; who comes later asks for another one.
/// </summary>
internal sealed class RelayedTrack : PacketTrack
{
    /// <summary>A source that costs an encoder is given back soon, but not while a taker only looks again.</summary>
    private const long KeepCostly = MonotonicClock.TicksPerSecond / 4;

    private readonly TrackRelay _relay;
    private readonly MediaLoop _home;
    private readonly LoopTimer _unused;
    private readonly long _keep;
    private RelayedProperties _properties;
    private int _isAsking; // for a keyframe, on its way to the home loop

    /// <summary>Made on the source's loop; from then on its own.</summary>
    public RelayedTrack(PacketTrack source, MediaLoop loop, TrackRelay relay, RelayedProperties properties) : base(source.Id, source.Publication, loop)
    {
        (_relay, _home, _properties) = (relay, source.Loop, properties);
        _keep = source.IsCostly ? KeepCostly : source.Publication.Context.Options.KeepUnusedConversion.Ticks;
        _unused = loop.CreateTimer(OnUnused);
        Format = properties.Format;
    }

    public override bool IsPublished => _properties.IsPublished;

    public override BrowserCompatibility Compatibility => _properties.Compatibility;

    public override bool AnswersKeyframeRequests => _properties.AnswersKeyframeRequests;

    public override bool IsPassedOn => _properties.IsPassedOn;

    public override bool IsCostly => _properties.IsCostly;

    public override long RepairTime => _properties.RepairTime;

    public override double SourceFrameRate => _properties.FrameRate;

    /// <summary>However many takers ask, one request at a time is under way.</summary>
    public override void RequestKeyframe()
    {
        if (Closed is null && Interlocked.Exchange(ref _isAsking, 1) == 0) _home.Post(static state => ((RelayedTrack)state!).PassRequestOn(), this);
    }

    /// <summary>Takes what the source has kept for those who join.</summary>
    public void Begin(List<RtpPacket> packets)
    {
        foreach (RtpPacket packet in packets)
        {
            History.Add(packet);
            packet.Release();
        }

        OnSubscribersChanged();
    }

    public void Take(ReadOnlySpan<RelayedPacket> batch)
    {
        foreach (ref readonly RelayedPacket relayed in batch)
        {
            if (relayed.News is { } news) Know(news);
            if (Closed is null) Dispatch(relayed.Packet);
            relayed.Packet.Release();
        }
    }

    public void Know(RelayedProperties properties)
    {
        _properties = properties;
        Format = properties.Format;
    }

    protected override void OnSubscribersChanged()
    {
        if (SubscriberCount > 0 || Closed is not null) _unused.Cancel();
        else _unused.Set(Loop.Now + _keep);
    }

    protected override void OnClosing(CloseReason reason)
    {
        _unused.Cancel();
        base.OnClosing(reason);
    }

    /// <summary>Closed first, so that nobody joins a track that is about to be cut off.</summary>
    private void OnUnused(long now)
    {
        Close(CloseReason.Unused);
        _home.Post(_relay.OnUnused);
    }

    /// <summary>Home loop.</summary>
    private void PassRequestOn()
    {
        Volatile.Write(ref _isAsking, 0);
        _relay.RequestKeyframe();
    }
}
