using System.Buffers.Binary;

namespace Protocols.Rtcp;

/// <summary>
/// Builds a compound in the caller's buffer. Each call appends one packet and returns false, leaving the compound as
/// it was, if it does not fit.
/// </summary>
public ref struct RtcpWriter(Span<byte> buffer)
{
    private readonly Span<byte> _buffer = buffer;

    /// <summary>Bytes written so far.</summary>
    public int Length { get; private set; }

    public readonly ReadOnlySpan<byte> Written => _buffer[..Length];

    public bool WriteSenderReport(scoped in SenderInfo info, scoped ReadOnlySpan<ReportBlock> blocks = default)
    {
        Span<byte> body = Append(RtcpPacketType.SenderReport, blocks.Length, 24 + (blocks.Length * ReportBlock.Length));
        if (body.IsEmpty) return false;
        BinaryPrimitives.WriteUInt32BigEndian(body, info.Ssrc);
        BinaryPrimitives.WriteUInt64BigEndian(body[4..], info.NtpTime);
        BinaryPrimitives.WriteUInt32BigEndian(body[12..], info.RtpTimestamp);
        BinaryPrimitives.WriteUInt32BigEndian(body[16..], info.PacketCount);
        BinaryPrimitives.WriteUInt32BigEndian(body[20..], info.OctetCount);
        WriteBlocks(body[24..], blocks);
        return true;
    }

    public bool WriteReceiverReport(uint ssrc, scoped ReadOnlySpan<ReportBlock> blocks = default)
    {
        Span<byte> body = Append(RtcpPacketType.ReceiverReport, blocks.Length, 4 + (blocks.Length * ReportBlock.Length));
        if (body.IsEmpty) return false;
        BinaryPrimitives.WriteUInt32BigEndian(body, ssrc);
        WriteBlocks(body[4..], blocks);
        return true;
    }

    /// <param name="cname">UTF-8, at most 255 bytes.</param>
    public bool WriteSourceDescription(uint ssrc, scoped ReadOnlySpan<byte> cname)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(cname.Length, byte.MaxValue);
        int length = (4 + 2 + cname.Length + 1 + 3) & ~3; // at least one zero byte ends the items
        Span<byte> body = Append(RtcpPacketType.SourceDescription, 1, length);
        if (body.IsEmpty) return false;
        BinaryPrimitives.WriteUInt32BigEndian(body, ssrc);
        body[4] = SourceDescription.CnameItem;
        body[5] = (byte)cname.Length;
        cname.CopyTo(body[6..]);
        return true;
    }

    public bool WriteBye(uint ssrc)
    {
        Span<byte> body = Append(RtcpPacketType.Bye, 1, 4);
        if (body.IsEmpty) return false;
        BinaryPrimitives.WriteUInt32BigEndian(body, ssrc);
        return true;
    }

    public bool WritePictureLossIndication(uint senderSsrc, uint mediaSsrc) =>
        AppendFeedback(RtcpPacketType.PayloadFeedback, PictureLossIndication.Format, senderSsrc, mediaSsrc, 0, out _);

    public bool WriteFullIntraRequest(uint senderSsrc, uint mediaSsrc, byte sequenceNumber)
    {
        RtcpPacketType type = RtcpPacketType.PayloadFeedback;
        if (!AppendFeedback(type, FullIntraRequest.Format, senderSsrc, 0, 8, out Span<byte> item)) return false;
        BinaryPrimitives.WriteUInt32BigEndian(item, mediaSsrc);
        item[4] = sequenceNumber;
        return true;
    }

    /// <param name="lost">In ascending order (modulo 2^16), so that neighbours share an item.</param>
    public bool WriteNack(uint senderSsrc, uint mediaSsrc, scoped ReadOnlySpan<ushort> lost)
    {
        if (lost.IsEmpty) return true;
        int items = 0;
        for (int i = 0; i < lost.Length; i = EndOfNackItem(lost, i, out _)) items++;
        RtcpPacketType type = RtcpPacketType.TransportFeedback;
        if (!AppendFeedback(type, Nack.Format, senderSsrc, mediaSsrc, 4 * items, out Span<byte> body)) return false;
        for (int i = 0; i < lost.Length; body = body[4..])
        {
            BinaryPrimitives.WriteUInt16BigEndian(body, lost[i]);
            i = EndOfNackItem(lost, i, out ushort mask);
            BinaryPrimitives.WriteUInt16BigEndian(body[2..], mask);
        }

        return true;
    }

    public bool WriteRemb(uint senderSsrc, long bitsPerSecond, scoped ReadOnlySpan<uint> mediaSsrcs)
    {
        RtcpPacketType type = RtcpPacketType.PayloadFeedback;
        int length = 8 + (4 * mediaSsrcs.Length);
        if (!AppendFeedback(type, Remb.Format, senderSsrc, 0, length, out Span<byte> body)) return false;
        int exponent = 0;
        for (; bitsPerSecond > 0x3FFFF; bitsPerSecond >>= 1) exponent++;
        BinaryPrimitives.WriteUInt32BigEndian(body, Remb.Identifier);
        BinaryPrimitives.WriteUInt32BigEndian(
            body[4..], ((uint)mediaSsrcs.Length << 24) | ((uint)exponent << 18) | (uint)bitsPerSecond);
        for (int i = 0; i < mediaSsrcs.Length; i++) BinaryPrimitives.WriteUInt32BigEndian(body[(8 + (4 * i))..], mediaSsrcs[i]);
        return true;
    }

    /// <summary>XR with a DLRR block, the answer to a receiver reference time (RFC 3611 §4.5).</summary>
    public bool WriteDelaySinceLastReceiverReport(uint senderSsrc, uint receiverSsrc, uint lastReport, uint delay)
    {
        Span<byte> body = Append(RtcpPacketType.ExtendedReport, 0, 20);
        if (body.IsEmpty) return false;
        BinaryPrimitives.WriteUInt32BigEndian(body, senderSsrc);
        body[4] = ExtendedReport.DelaySinceLastReceiverReportBlock;
        body[7] = 3;
        BinaryPrimitives.WriteUInt32BigEndian(body[8..], receiverSsrc);
        BinaryPrimitives.WriteUInt32BigEndian(body[12..], lastReport);
        BinaryPrimitives.WriteUInt32BigEndian(body[16..], delay);
        return true;
    }

    public bool WriteReceiverReferenceTime(uint senderSsrc, ulong ntpTime)
    {
        Span<byte> body = Append(RtcpPacketType.ExtendedReport, 0, 16);
        if (body.IsEmpty) return false;
        BinaryPrimitives.WriteUInt32BigEndian(body, senderSsrc);
        body[4] = ExtendedReport.ReceiverReferenceTimeBlock;
        body[7] = 2;
        BinaryPrimitives.WriteUInt64BigEndian(body[8..], ntpTime);
        return true;
    }

    /// <summary>Appends the header of a packet and gives its zeroed body, or nothing if it does not fit.</summary>
    internal Span<byte> Append(RtcpPacketType type, int count, int bodyLength)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, 31);
        if (_buffer.Length - Length < RtcpPacket.HeaderLength + bodyLength) return default;
        Span<byte> packet = _buffer.Slice(Length, RtcpPacket.HeaderLength + bodyLength);
        packet[0] = (byte)(0x80 | count);
        packet[1] = (byte)type;
        BinaryPrimitives.WriteUInt16BigEndian(packet[2..], (ushort)(bodyLength / 4));
        Length += packet.Length;
        Span<byte> body = packet[RtcpPacket.HeaderLength..];
        body.Clear();
        return body;
    }

    private bool AppendFeedback(
        RtcpPacketType type, byte format, uint senderSsrc, uint mediaSsrc, int length, out Span<byte> rest)
    {
        rest = default;
        Span<byte> body = Append(type, format, 8 + length);
        if (body.IsEmpty) return false;
        BinaryPrimitives.WriteUInt32BigEndian(body, senderSsrc);
        BinaryPrimitives.WriteUInt32BigEndian(body[4..], mediaSsrc);
        rest = body[8..];
        return true;
    }

    private static int EndOfNackItem(ReadOnlySpan<ushort> lost, int start, out ushort mask)
    {
        mask = 0;
        int i = start + 1;
        for (; i < lost.Length; i++)
        {
            int distance = (ushort)(lost[i] - lost[start]);
            if (distance is 0 or > 16) break;
            mask |= (ushort)(1 << (distance - 1));
        }

        return i;
    }

    private static void WriteBlocks(Span<byte> bytes, ReadOnlySpan<ReportBlock> blocks)
    {
        for (int i = 0; i < blocks.Length; i++) blocks[i].Write(bytes[(i * ReportBlock.Length)..]);
    }
}
