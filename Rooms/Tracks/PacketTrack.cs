using Media.Rtp;
using Media.Scheduling;

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

    private TrackRelay[] _relays = [];

    protected PacketTrack(string id, Publication publication, MediaLoop? loop = null) : base(id, publication, loop)
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

    /// <summary>It is sent by a publisher in packets and passed on as it comes: always of the present.</summary>
    public virtual bool IsPassedOn => false;

    /// <summary>Taking it costs an encoder.</summary>
    public virtual bool IsCostly => false;

    /// <summary>Frames per second of what is published, which a track that has just been made has not measured.</summary>
    public virtual double SourceFrameRate => Publication.Video?.Statistics.FrameRate ?? 0;

    /// <summary>Those behind relays included.</summary>
    public int TakerCount => SubscriberCount + _relays.Sum(relay => relay.Far.SubscriberCount - 1);

    public Subscription Subscribe(IPacketSink sink) => Add(sink);

    /// <summary>The same track for takers that live on that loop, made when it is first asked for. Track's loop.</summary>
    public PacketTrack On(MediaLoop loop)
    {
        if (loop == Loop) return this;
        if (Array.Find(_relays, relay => relay.Far.Loop == loop) is { } made) return made.Far;
        var relay = new TrackRelay(this, loop);
        _relays = [.. _relays, relay];
        // First: while this loop serves its own takers, the other one serves its own.
        relay.Start(Add(relay, isFirst: true));
        return relay.Far;
    }

    internal void Remove(TrackRelay relay) => _relays = [.. _relays.Where(other => other != relay)];

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
