using Media.Buffers;

namespace Media.Rtp;

/// <summary>
/// One packet of a track: a short inline prefix (FU-A header, VP8 descriptor) followed by a slice of a
/// <see cref="PooledBuffer"/>, so that a frame is cut into packets without copying its payload. The header fields that
/// each viewer has for itself (ssrc, payload type, sequence number on the wire) are not here: the viewer's rewriter
/// writes them. Borrowed: to keep it, call <see cref="AddReference"/>.
/// </summary>
public readonly struct RtpPacket
{
    /// <summary>The longest prefix that fits inline.</summary>
    public const int MaxPrefixLength = 8;

    public required PooledBuffer Buffer { get; init; }

    public required int Offset { get; init; }

    public required int Length { get; init; }

    /// <summary>Up to eight bytes that go before the slice, the first one in the lowest byte.</summary>
    public ulong Prefix { get; init; }

    public int PrefixLength { get; init; }

    /// <summary>Counts the track's packets without wrapping.</summary>
    public required long SequenceNumber { get; init; }

    /// <summary>Presentation time in ticks of the track's clock rate, not wrapped.</summary>
    public required long Timestamp { get; init; }

    /// <summary>Last packet of a video frame; first packet after silence for audio (RFC 3550 §5.1).</summary>
    public bool Marker { get; init; }

    /// <summary>First packet of a frame that can be decoded without an earlier one (its parameter sets included).</summary>
    public bool StartsKeyframe { get; init; }

    /// <summary>Monotonic time in ticks of the loop's clock at which the source gave it to us.</summary>
    public long ArrivalTime { get; init; }

    /// <summary>Which of the publisher's encodings (simulcast) it is of; 0 where there is one.</summary>
    public byte Encoding { get; init; }

    /// <summary>Of scalable video; 0 otherwise.</summary>
    public byte SpatialLayer { get; init; }

    public byte TemporalLayer { get; init; }

    public int PayloadLength => PrefixLength + Length;

    public ReadOnlySpan<byte> Slice => Buffer.Array.AsSpan(Offset, Length);

    /// <summary>Writes prefix and slice; the destination must hold <see cref="PayloadLength"/> bytes.</summary>
    public int CopyPayload(Span<byte> destination)
    {
        ulong prefix = Prefix;
        for (int i = 0; i < PrefixLength; i++, prefix >>= 8) destination[i] = (byte)prefix;
        Slice.CopyTo(destination[PrefixLength..]);
        return PayloadLength;
    }

    public RtpPacket AddReference()
    {
        Buffer.AddReference();
        return this;
    }

    public void Release() => Buffer.Dispose();
}
