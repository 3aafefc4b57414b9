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
    public PacketHistory History { get; } = new();

    public Subscription Subscribe(IPacketSink sink) => Add(sink);

    /// <summary>Numbers and keeps one packet, and hands it to everyone.</summary>
    protected void Dispatch(in RtpPacket packet)
    {
        History.Add(packet);
        foreach (Subscription taker in Takers)
            if (taker.IsActive) ((IPacketSink)taker.Sink).OnPacket(packet);
    }

    protected override void OnClosing(CloseReason reason) => History.Clear();
}
