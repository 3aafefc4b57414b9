using Media.Rtp;

namespace Rooms.Tracks;

/// <summary>
/// A track in the form of RTP packets, which it keeps once for all takers: for retransmission, and for the fast start of
/// a viewer from the current group's keyframe on.
/// </summary>
public abstract class PacketTrack(string id, Publication publication) : Track(id, publication)
{
    public override TrackForm Form => TrackForm.Packets;

    /// <summary>The last packets, the current group's among them.</summary>
    public PacketHistory History { get; } = new(Bounds(publication.Context.Options));

    /// <summary>A keyframe comes soon after it was asked for: who joins need not make do with an old group.</summary>
    public virtual bool AnswersKeyframeRequests => false;

    /// <summary>How long what was lost on the way to us takes to come again, in ticks of 100 ns; 0 = nothing is lost.</summary>
    public virtual long RepairTime => 0;

    public Subscription Subscribe(IPacketSink sink) => Add(sink);

    /// <summary>Numbers and keeps one packet, and hands it to everyone.</summary>
    protected void Dispatch(in RtpPacket packet)
    {
        if (!History.Add(packet)) return; // it came twice
        foreach (Subscription taker in Takers)
            if (taker.IsActive) ((IPacketSink)taker.Sink).OnPacket(packet);
    }

    /// <summary>Groups are kept as long as those of frames are, but retransmission needs its time whatever is set.</summary>
    private static PacketHistoryOptions Bounds(RoomOptions options)
    {
        var usual = new PacketHistoryOptions();
        return usual with { MaxAge = Math.Max(options.GopCacheTime.Ticks, usual.MinAge), MaxBytes = options.GopCacheBytes };
    }

    protected override void OnClosing(CloseReason reason) => History.Clear();
}
