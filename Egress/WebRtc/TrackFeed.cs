using Media.Rtp;
using Rooms;
using Rooms.Tracks;

namespace Egress.WebRtc;

/// <summary>One source of a <see cref="ForwardedTrack"/>: it may have two, while it goes over from one to the other.</summary>
internal sealed class TrackFeed : IPacketSink, IDisposable
{
    private readonly ForwardedTrack _owner;
    private readonly Subscription _subscription;

    public TrackFeed(ForwardedTrack owner, PacketTrack track)
    {
        _owner = owner;
        Track = track;
        _subscription = track.Subscribe(this);
    }

    public PacketTrack Track { get; }

    public void OnPackets(ReadOnlySpan<RtpPacket> packets)
    {
        foreach (ref readonly RtpPacket packet in packets) _owner.OnPacket(this, packet);
    }

    public void OnClosed(CloseReason reason) => _owner.OnFeedClosed(this, reason);

    public void Dispose() => _subscription.Dispose();
}
