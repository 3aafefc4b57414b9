using Media;
using Media.Rtp;
using Media.Rtp.Payloads;

namespace Rooms.Tracks;

/// <summary>Frames cut into packets, once for all takers; the payload stays in the frame's buffer.</summary>
/// <param name="onlyWhileTaken">Leave the source alone while nobody takes this: it costs an encoder.</param>
internal sealed class PacketizedTrack(string id, FrameTrack source, IPacketizer packetizer, bool onlyWhileTaken)
    : PacketTrack(id, source.Publication), IFrameSink
{
    private Subscription? _upstream;
    private long _nextSequenceNumber;
    private long _arrivalTime;

    /// <summary>Fills the history with the source's cached group, then goes on live.</summary>
    public void Start()
    {
        if (!onlyWhileTaken) _upstream = source.Subscribe(this, replayCache: true);
    }

    public override bool IsCostly => onlyWhileTaken;

    public override void RequestKeyframe() => source.RequestKeyframe();

    public void OnFrame(in MediaFrame frame)
    {
        Format = frame.Format;
        Statistics.Count(frame.Length, frame.IsKeyframe);
        _arrivalTime = Loop.Now;
        var output = new Output(this);
        packetizer.Packetize(frame, ref output);
    }

    public void OnClosed(CloseReason reason) => Close(reason);

    protected override void OnSubscribersChanged()
    {
        if (!onlyWhileTaken || Closed is not null) return;
        if (SubscriberCount > 0)
        {
            _upstream ??= source.Subscribe(this);
            return;
        }

        _upstream?.Dispose();
        _upstream = null;
        History.Clear();
    }

    protected override void OnClosing(CloseReason reason)
    {
        _upstream?.Dispose();
        (packetizer as IDisposable)?.Dispose();
        base.OnClosing(reason);
    }

    private readonly struct Output(PacketizedTrack track) : IPacketOutput
    {
        public void Write(in RtpPacket packet) => track.Dispatch(packet with
        {
            SequenceNumber = track._nextSequenceNumber++,
            ArrivalTime = track._arrivalTime,
        });
    }
}
