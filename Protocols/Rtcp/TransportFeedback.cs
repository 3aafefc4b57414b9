namespace Protocols.Rtcp;

/// <summary>
/// Transport-wide congestion control feedback (draft-holmer-rmcat-transport-wide-cc-extensions-01 §3.1): which packets
/// arrived when, by transport-wide sequence number. Chunks and deltas were measured against the packet's length, so
/// enumerating cannot fail.
/// </summary>
/// <remarks>
/// <code>
/// |V=2|P|  FMT=15 |    PT=205     |           length              |
/// |                     SSRC of packet sender                     |
/// |                      SSRC of media source                     |
/// |      base sequence number     |      packet status count      |
/// |                 reference time                | fb pkt. count |
/// |          packet chunk         |         packet chunk          |
/// |  chunks ...                   |  recv deltas (1 or 2 bytes)   |
/// </code>
/// </remarks>
public readonly ref struct TransportFeedback
{
    public const byte Format = 15;
    internal const int HeaderLength = 16;

    /// <summary>Reference times count 64 ms, deltas 250 us: 256 deltas to a reference.</summary>
    internal const int DeltasPerReference = 256;

    private readonly ReadOnlySpan<byte> _chunks;
    private readonly ReadOnlySpan<byte> _deltas;

    private TransportFeedback(ReadOnlySpan<byte> body, int chunksLength)
    {
        SenderSsrc = RtcpPacket.ReadUInt32(body, 0);
        MediaSsrc = RtcpPacket.ReadUInt32(body, 4);
        BaseSequenceNumber = RtcpPacket.ReadUInt16(body, 8);
        StatusCount = RtcpPacket.ReadUInt16(body, 10);
        ReferenceTime = (int)RtcpPacket.ReadUInt32(body, 12) >> 8; // 24 bits with sign
        FeedbackCount = body[15];
        _chunks = body.Slice(HeaderLength, chunksLength);
        _deltas = body[(HeaderLength + chunksLength)..];
    }

    public uint SenderSsrc { get; }

    public uint MediaSsrc { get; }

    public ushort BaseSequenceNumber { get; }

    public int StatusCount { get; }

    /// <summary>In units of 64 ms of the receiver's clock; wraps at 24 bits.</summary>
    public int ReferenceTime { get; }

    public byte FeedbackCount { get; }

    public static bool TryParse(in RtcpPacket packet, out TransportFeedback feedback)
    {
        feedback = default;
        ReadOnlySpan<byte> body = packet.Body;
        if (packet.Type != RtcpPacketType.TransportFeedback || packet.Count != Format) return false;
        if (body.Length < HeaderLength || !TryMeasure(body, out int chunksLength)) return false;
        feedback = new TransportFeedback(body, chunksLength);
        return true;
    }

    public Enumerator GetEnumerator() => new(this);

    private static bool TryMeasure(ReadOnlySpan<byte> body, out int chunksLength)
    {
        int statuses = RtcpPacket.ReadUInt16(body, 10);
        int deltas = 0;
        chunksLength = 0;
        while (statuses > 0)
        {
            if (body.Length < HeaderLength + chunksLength + 2) return false;
            var chunk = new PacketStatusChunk(RtcpPacket.ReadUInt16(body, HeaderLength + chunksLength));
            int count = Math.Min(statuses, chunk.Count);
            if (count == 0) return false; // a run of nothing would never end
            deltas += chunk.DeltaLength(count);
            statuses -= count;
            chunksLength += 2;
        }

        return body.Length >= HeaderLength + chunksLength + deltas;
    }

    /// <summary>Walks the packets in sequence order.</summary>
    public ref struct Enumerator
    {
        private readonly TransportFeedback _feedback;
        private PacketStatusChunk _chunk;
        private int _index;
        private int _chunkOffset;
        private int _inChunk;
        private int _deltaOffset;
        private long _time;

        internal Enumerator(TransportFeedback feedback)
        {
            _feedback = feedback;
            _time = (long)feedback.ReferenceTime * DeltasPerReference;
        }

        public PacketArrival Current { get; private set; }

        public bool MoveNext()
        {
            if (_index == _feedback.StatusCount) return false;
            if (_inChunk == _chunk.Count)
            {
                _chunk = new PacketStatusChunk(RtcpPacket.ReadUInt16(_feedback._chunks, _chunkOffset));
                _chunkOffset += 2;
                _inChunk = 0;
            }

            int deltaLength = PacketStatusChunk.DeltaLengthOf(_chunk[_inChunk++]);
            if (deltaLength == 1)
                _time += _feedback._deltas[_deltaOffset];
            else if (deltaLength == 2)
                _time += (short)RtcpPacket.ReadUInt16(_feedback._deltas, _deltaOffset);
            _deltaOffset += deltaLength;
            Current = new PacketArrival((ushort)(_feedback.BaseSequenceNumber + _index++), deltaLength > 0, _time);
            return true;
        }
    }
}

/// <param name="Time">Receiver's clock in units of 250 us; of a packet that did not arrive, that of the one before.</param>
public readonly record struct PacketArrival(ushort SequenceNumber, bool Received, long Time);
