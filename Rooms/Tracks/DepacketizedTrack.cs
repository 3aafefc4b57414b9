using Media;
using Media.Rtp;
using Media.Rtp.Payloads;
using Media.Scheduling;

namespace Rooms.Tracks;

/// <summary>
/// Packets put together into frames, for takers and conversions that need them. Reads its source's history in order, so
/// that what comes late finds its place; what does not come in time costs a keyframe.
/// </summary>
internal sealed class DepacketizedTrack(string id, PacketTrack source, IDepacketizer depacketizer)
    : FrameTrack(id, source.Publication), IPacketSink
{
    /// <summary>A retransmission that is not there by then does not come any more.</summary>
    private const long Patience = 200 * MonotonicClock.TicksPerMillisecond;

    private Subscription? _upstream;
    private long _next = -1;
    private long _dropped;
    private bool _needsKeyframe = true;

    public override BrowserCompatibility Compatibility => source.Compatibility;

    /// <summary>Begins with the source's current group where it is whole, and asks for a keyframe.</summary>
    public void Start()
    {
        _upstream = source.Subscribe(this);
        if (source.History.GroupStart >= 0) _next = source.History.GroupStart;
        RequestKeyframe();
        Read();
    }

    public override void RequestKeyframe()
    {
        if (source.Format?.Kind == MediaKind.Video) source.RequestKeyframe();
    }

    public void OnPackets(ReadOnlySpan<RtpPacket> packets)
    {
        if (_next < 0) _next = packets[0].SequenceNumber;
        Read();
    }

    public void OnClosed(CloseReason reason) => Close(reason);

    protected override void OnClosing(CloseReason reason)
    {
        _upstream?.Dispose();
        depacketizer.Dispose();
        base.OnClosing(reason);
    }

    private void Read()
    {
        PacketHistory history = source.History;
        if (_next < 0) return;
        _next = Math.Max(_next, history.First);
        while (_next < history.Next && Closed is null)
        {
            if (history.TryGet(_next, out RtpPacket packet)) Take(packet);
            else if (!MaySkip(history)) return;
            _next++;
        }
    }

    /// <summary>Has the packet been missing for long enough?</summary>
    private bool MaySkip(PacketHistory history)
    {
        for (long later = _next + 1; later < history.Next; later++)
            if (history.TryGet(later, out RtpPacket packet)) return Loop.Now - packet.ArrivalTime > Patience;
        return false;
    }

    private void Take(in RtpPacket packet)
    {
        bool isComplete = depacketizer.TryDepacketize(packet, out MediaFrame frame);
        if (depacketizer.DroppedFrames != _dropped)
        {
            _dropped = depacketizer.DroppedFrames;
            _needsKeyframe = true;
            RequestKeyframe();
        }

        if (!isComplete) return;
        if (frame.IsKeyframe) _needsKeyframe = false;
        if (!_needsKeyframe) Dispatch(frame);
        frame.Release();
    }
}
