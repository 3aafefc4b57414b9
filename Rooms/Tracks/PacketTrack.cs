using Media.Rtp;

namespace Rooms.Tracks;

/// <summary>
/// A track in the form of RTP packets, which it keeps once for all takers: for retransmission, and for the fast start of
/// a viewer from the current group's keyframe on.
/// </summary>
/// <remarks>
/// Takers get what came in one turn of the loop together, at its end: what goes to one viewer then lies side by side, and
/// the kernel sends it as one message.
/// </remarks>
public abstract class PacketTrack : Track
{
    private readonly Action _deliver;
    private PacketBatch _pending = new();
    private PacketBatch _delivered = new();

    protected PacketTrack(string id, Publication publication) : base(id, publication)
    {
        History = new PacketHistory(Bounds(publication.Context.Options));
        _deliver = Deliver;
    }

    public override TrackForm Form => TrackForm.Packets;

    /// <summary>The last packets, the current group's among them.</summary>
    public PacketHistory History { get; }

    /// <summary>A keyframe comes soon after it was asked for: who joins need not make do with an old group.</summary>
    public virtual bool AnswersKeyframeRequests => false;

    /// <summary>How long what was lost on the way to us takes to come again, in ticks of 100 ns; 0 = nothing is lost.</summary>
    public virtual long RepairTime => 0;

    public Subscription Subscribe(IPacketSink sink) => Add(sink);

    /// <summary>Keeps one packet, and hands it to everyone at the end of the turn.</summary>
    protected void Dispatch(in RtpPacket packet)
    {
        if (!History.Add(packet) || Takers.IsEmpty) return; // it came twice, or for nobody
        _pending.Add(packet);
        if (_pending.Count == 1) Loop.AtEndOfTurn(_deliver);
    }

    /// <summary>Groups are kept as long as those of frames are, but retransmission needs its time whatever is set.</summary>
    private static PacketHistoryOptions Bounds(RoomOptions options)
    {
        var usual = new PacketHistoryOptions();
        return usual with { MaxAge = Math.Max(options.GopCacheTime.Ticks, usual.MinAge), MaxBytes = options.GopCacheBytes };
    }

    protected override void OnClosing(CloseReason reason)
    {
        Deliver();
        History.Clear();
    }

    private void Deliver()
    {
        if (_pending.Count == 0) return;
        // A taker may cause the next packet while it gets these.
        PacketBatch batch = _pending;
        (_pending, _delivered) = (_delivered.Count == 0 ? _delivered : new PacketBatch(), batch);
        try
        {
            foreach (Subscription taker in Takers)
            {
                Loop.LetTimePass();
                if (taker.IsActive) ((IPacketSink)taker.Sink).OnPackets(batch.Packets);
            }
        }
        finally
        {
            batch.Clear();
        }
    }
}
