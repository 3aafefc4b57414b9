using Media.Rtp;
using Media.Scheduling;

namespace Rooms.Tracks;

/// <summary>
/// The source's half of a <see cref="RelayedTrack"/>: takes each packet once, for all takers of another loop, and hands
/// references over, what came in one turn in one batch. Lives on the source's loop.
/// </summary>
internal sealed class TrackRelay : IPacketSink
{
    /// <summary>
    /// Packets that may wait for the other loop: seconds of any track, or a keyframe of megabytes. More is lost, counted, as
    /// if on the way to its viewers.
    /// </summary>
    public const int MostWaiting = 8192;

    private const long RefreshInterval = MonotonicClock.TicksPerSecond;

    /// <summary>What there is of a track without groups that a joining taker needs.</summary>
    private const int LatestPackets = 64;

    private readonly PacketTrack _source;
    private readonly LoopInbox<RelayedPacket> _inbox;
    private readonly LoopTimer _refresh;
    private RelayedPacket[] _batch = new RelayedPacket[16];
    private RelayedProperties _told;
    private bool _isNewsLost;
    private Subscription? _subscription;

    public TrackRelay(PacketTrack source, MediaLoop loop)
    {
        _source = source;
        _told = RelayedProperties.Of(source);
        Far = new RelayedTrack(source, loop, this, _told);
        _inbox = new LoopInbox<RelayedPacket>(loop, MostWaiting, Far.Take);
        _refresh = source.Loop.CreateTimer(Refresh);
    }

    /// <summary>The half that takers subscribe to. Lives on their loop.</summary>
    public RelayedTrack Far { get; }

    /// <summary>Brings over what joining takers need, and goes on live.</summary>
    public void Start(Subscription subscription)
    {
        _subscription = subscription;
        _refresh.Set(_source.Loop.Now + RefreshInterval);
        PacketHistory history = _source.History;
        long first = Math.Max(history.First, history.Next - LatestPackets);
        if (history.GroupStart >= 0) first = Math.Min(first, history.GroupStart);
        var packets = new List<RtpPacket>();
        for (long number = first; number < history.Next; number++)
            if (history.TryGet(number, out RtpPacket packet)) packets.Add(packet.AddReference());
        Far.Loop.Post(() => Far.Begin(packets));
    }

    public void OnPackets(ReadOnlySpan<RtpPacket> packets)
    {
        if (_batch.Length < packets.Length) _batch = new RelayedPacket[Math.Max(packets.Length, 2 * _batch.Length)];
        RelayedProperties? news = null;
        if (_isNewsLost || _source.Format != _told.Format) news = _told = RelayedProperties.Of(_source);
        for (int i = 0; i < packets.Length; i++) _batch[i] = new RelayedPacket(packets[i].AddReference(), i == 0 ? news : null);
        int taken = _inbox.Write(_batch.AsSpan(0, packets.Length));
        if (taken < packets.Length) Drop(_batch.AsSpan(taken, packets.Length - taken));
        Array.Clear(_batch, 0, packets.Length);
        _isNewsLost = news is not null && taken == 0;
    }

    public void OnClosed(CloseReason reason)
    {
        _refresh.Cancel();
        _source.Remove(this);
        Far.Loop.Post(() => Far.Close(reason));
    }

    /// <summary>The other half is closed: nobody took it any more.</summary>
    public void OnUnused()
    {
        if (_source.Closed is not null) return;
        _refresh.Cancel();
        _subscription!.Dispose();
        _source.Remove(this);
    }

    /// <summary>Its takers need a keyframe.</summary>
    public void RequestKeyframe()
    {
        if (_source.Closed is null) _source.RequestKeyframe();
    }

    private void Drop(ReadOnlySpan<RelayedPacket> rest)
    {
        foreach (ref readonly RelayedPacket relayed in rest) relayed.Packet.Release();
        _source.Publication.Context.Relays.CountDropped(rest.Length);
    }

    private void Refresh(long now)
    {
        _refresh.Set(now + RefreshInterval);
        RelayedProperties current = RelayedProperties.Of(_source);
        if (current == _told) return;
        _told = current;
        Far.Loop.Post(() => Far.Know(current));
    }
}
