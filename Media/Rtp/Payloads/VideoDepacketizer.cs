using Media.Buffers;

namespace Media.Rtp.Payloads;

/// <summary>
/// What depacketizers of all video formats have in common: where a frame begins and ends. It ends with the marker, or with the
/// packet of another timestamp that follows it without a hole, since not every sender sets markers; a hole costs the frame
/// that it is in.
/// </summary>
public abstract class VideoDepacketizer : IDepacketizer
{
    private PacketContinuity _continuity;
    private MediaFrame _parked;
    private bool _isParked;
    private bool _isBegun;
    private bool _isFaulty;
    private long _timestamp;

    private protected VideoDepacketizer(BufferPool? pool) => Content = new FrameAssembler(pool ?? BufferPool.Shared);

    private protected enum FrameEnd
    {
        Complete,

        /// <summary>Nothing that belongs into a frame, which is no fault.</summary>
        Empty,
        Broken,
    }

    public long DroppedFrames { get; private set; }

    private protected FrameAssembler Content { get; }

    public bool TryDepacketize(in RtpPacket packet, out MediaFrame frame)
    {
        ReadOnlySpan<byte> payload = Content.Join(packet);
        _continuity.Follow(packet);
        bool isNew = _continuity.IsNewFrame;
        bool any = TakeParked(out frame);
        if (isNew && _isBegun) any = Keep(End(isWhole: !_continuity.HasGap, out MediaFrame before), before, any, ref frame);
        if (isNew) Begin(packet.Timestamp);
        // After a hole nobody says whether it swallowed the beginning of this frame too.
        if (_continuity.HasGap && !(isNew && BeginsFrame(payload))) _isFaulty = _isBegun = true;
        if (!payload.IsEmpty) // probes and keep-alives are
        {
            _isBegun = true;
            if (!_isFaulty && !TryAppend(payload)) _isFaulty = true;
        }

        if (packet.Marker && _isBegun) any = Keep(End(isWhole: true, out MediaFrame ended), ended, any, ref frame);
        return any;
    }

    public void Dispose()
    {
        if (_isParked) _parked.Release();
        _isParked = false;
        Content.Dispose();
        DisposeCore();
        GC.SuppressFinalize(this);
    }

    /// <summary>Whether the payload can only be the first one of a frame; it may be empty.</summary>
    private protected abstract bool BeginsFrame(ReadOnlySpan<byte> payload);

    /// <summary>Adds a payload, not empty, to the frame. False: it does not fit to what is there.</summary>
    private protected abstract bool TryAppend(ReadOnlySpan<byte> payload);

    /// <summary>Makes the frame of what was added.</summary>
    private protected abstract FrameEnd Finish(long timestamp, out MediaFrame frame);

    /// <summary>Forgets what was added; <see cref="Content"/> is empty already.</summary>
    private protected abstract void Reset();

    private protected virtual void DisposeCore()
    {
    }

    private void Begin(long timestamp)
    {
        Content.Clear();
        Reset();
        _isBegun = _isFaulty = false;
        _timestamp = timestamp;
    }

    private bool End(bool isWhole, out MediaFrame frame)
    {
        frame = default;
        FrameEnd end = isWhole && !_isFaulty && !Content.IsOverfull ? Finish(_timestamp, out frame) : FrameEnd.Broken;
        if (end == FrameEnd.Broken) DroppedFrames++;
        Begin(_timestamp);
        return end == FrameEnd.Complete;
    }

    // One packet can end two frames: that before it for want of a marker, and its own. The second one waits for the next call,
    // in which then at most one ends: never more than one waits.
    private bool Keep(bool isComplete, in MediaFrame ended, bool any, ref MediaFrame frame)
    {
        if (!isComplete) return any;
        if (!any)
        {
            frame = ended;
            return true;
        }

        if (_isParked) _parked.Release();
        _parked = ended;
        _isParked = true;
        return true;
    }

    private bool TakeParked(out MediaFrame frame)
    {
        frame = _parked;
        bool was = _isParked;
        _isParked = false;
        _parked = default;
        return was;
    }
}
