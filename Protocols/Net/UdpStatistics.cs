namespace Protocols.Net;

/// <summary>What an endpoint has counted since it was opened. Written by its loop; any thread may read a slightly old value.</summary>
public sealed class UdpStatistics
{
    public long DatagramsReceived { get; internal set; }

    public long BytesReceived { get; internal set; }

    /// <summary>Datagrams longer than any that we can use.</summary>
    public long DatagramsTruncated { get; internal set; }

    public long DatagramsSent { get; internal set; }

    public long BytesSent { get; internal set; }

    /// <summary>What the kernel was given: one message may be many datagrams.</summary>
    public long MessagesSent { get; internal set; }

    /// <summary>Messages that the kernel would not cut up; their datagrams went out one by one.</summary>
    public long SegmentationRefusals { get; internal set; }

    /// <summary>Times that the kernel's send buffer was full; what was queued went out later.</summary>
    public long SendsDeferred { get; internal set; }

    /// <summary>Datagrams dropped because the send queue was full, too.</summary>
    public long DroppedQueueFull { get; internal set; }

    /// <summary>Datagrams that the kernel refused: no such way, address gone, firewall.</summary>
    public long SendErrors { get; internal set; }

    public int LastSendError { get; internal set; }
}
