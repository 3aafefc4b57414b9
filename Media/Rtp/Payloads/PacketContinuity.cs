namespace Media.Rtp.Payloads;

/// <summary>
/// What depacketizers of all video formats need to know of the packets' order: whether one belongs to the frame before it,
/// and whether one is missing in between.
/// </summary>
internal struct PacketContinuity
{
    private long _next;
    private long _timestamp;
    private bool _any;

    /// <summary>The latest packet does not follow the one before it.</summary>
    public bool HasGap { get; private set; }

    /// <summary>The latest packet has another timestamp than the one before it.</summary>
    public bool IsNewFrame { get; private set; }

    public void Follow(in RtpPacket packet)
    {
        HasGap = _any && packet.SequenceNumber != _next;
        IsNewFrame = !_any || packet.Timestamp != _timestamp;
        _next = packet.SequenceNumber + 1;
        _timestamp = packet.Timestamp;
        _any = true;
    }
}
