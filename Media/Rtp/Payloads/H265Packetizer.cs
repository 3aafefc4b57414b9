using System.Collections.Immutable;
using Media.Buffers;
using Media.Codecs;

namespace Media.Rtp.Payloads;

/// <summary>
/// RTP payloads of H.265 (RFC 7798, single stream without DONL): the format's parameter sets as aggregation packets before each
/// keyframe, then each NAL unit as it is or in fragmentation units of equal size. Packets are slices of the frame's buffer;
/// only the parameter sets are copied, once per format. One thread.
/// </summary>
/// <remarks>
/// <code>
/// AP:  | F type 48 LayerId TID | size 16 | NAL unit | size 16 | NAL unit | ...
/// FU:  | F type 49 LayerId TID | S E type 6 | fragment of the NAL unit without its two header bytes |
/// </code>
/// </remarks>
public sealed class H265Packetizer : IPacketizer, IDisposable
{
    internal const int AggregationPacket = 48;
    internal const int FragmentationUnit = 49;
    internal const byte FuStart = 0x80;
    internal const byte FuEnd = 0x40;
    internal const int HeaderLength = 2;
    private const int FuPrefixLength = 3;
    private const int TypeMask = 0x7e;

    private readonly int _maxPayload;
    private readonly ParameterSetPackets _parameterSets;
    private long _timestamp;
    private bool _startsKeyframe;

    public H265Packetizer(int maxPayload = PayloadSize.Default, BufferPool? pool = null)
    {
        PayloadSize.ThrowIfUnusable(maxPayload);
        _maxPayload = maxPayload;
        _parameterSets = new ParameterSetPackets(maxPayload, pool ?? BufferPool.Shared, HeaderLength, WriteAggregateHeader);
    }

    public void Packetize<TOutput>(in MediaFrame frame, ref TOutput output)
        where TOutput : IPacketOutput, allows ref struct
    {
        _timestamp = frame.PresentationTime;
        _startsKeyframe = frame.IsKeyframe;
        var units = new LengthPrefixedNalUnits(frame.Data);
        bool more = MoveNext(ref units);
        if (more && frame.IsKeyframe) WriteParameterSets(frame.Format, ref output);
        while (more)
        {
            int offset = frame.Offset + units.Offset, length = units.Length;
            more = MoveNext(ref units);
            WriteUnit(frame.Buffer, offset, length, isLast: !more, ref output);
        }
    }

    /// <summary>Gives the copy of the parameter sets back.</summary>
    public void Dispose() => _parameterSets.Dispose();

    // A unit shorter than its header is none.
    private static bool MoveNext(ref LengthPrefixedNalUnits units)
    {
        while (units.MoveNext())
            if (units.Length > HeaderLength) return true;
        return false;
    }

    // RFC 7798 §4.4.2: the lowest LayerId and TID of those within.
    private static void WriteAggregateHeader(ReadOnlySpan<ImmutableArray<byte>> sets, Span<byte> header)
    {
        int lowest = 0x1ff;
        foreach (ImmutableArray<byte> set in sets)
            if (set.Length >= HeaderLength) lowest = Math.Min(lowest, ((set[0] & 1) << 8) | set[1]);
        header[0] = (byte)((AggregationPacket << 1) | (lowest >> 8));
        header[1] = (byte)lowest;
    }

    private void WriteParameterSets<TOutput>(TrackFormat format, ref TOutput output)
        where TOutput : IPacketOutput, allows ref struct
    {
        _parameterSets.Update(format);
        foreach ((int offset, int length) in _parameterSets.Payloads)
            WriteUnit(_parameterSets.Buffer!, offset, length, isLast: false, ref output);
    }

    private void WriteUnit<TOutput>(PooledBuffer buffer, int offset, int length, bool isLast, ref TOutput output)
        where TOutput : IPacketOutput, allows ref struct
    {
        if (length <= _maxPayload)
        {
            Write(buffer, offset, length, 0, 0, isLast, ref output);
            return;
        }

        byte first = buffer.Array[offset];
        uint type = (uint)(first & TypeMask) >> 1;
        uint header = (uint)((first & ~TypeMask) | (FragmentationUnit << 1)) | ((uint)buffer.Array[offset + 1] << 8);
        int start = offset + HeaderLength, end = offset + length;
        int size = PayloadSize.Share(length - HeaderLength, _maxPayload - FuPrefixLength);
        for (int at = start; at < end; at += size)
        {
            bool isEnd = end - at <= size;
            uint fuHeader = type | (at == start ? FuStart : 0u) | (isEnd ? FuEnd : 0u);
            Write(buffer, at, Math.Min(size, end - at), header | (fuHeader << 16), FuPrefixLength, isLast && isEnd, ref output);
        }
    }

    private void Write<TOutput>(
        PooledBuffer buffer, int offset, int length, uint prefix, int prefixLength, bool marker, ref TOutput output)
        where TOutput : IPacketOutput, allows ref struct
    {
        bool startsKeyframe = _startsKeyframe;
        _startsKeyframe = false;
        output.Write(new RtpPacket
        {
            Buffer = buffer,
            Offset = offset,
            Length = length,
            Prefix = prefix,
            PrefixLength = prefixLength,
            Marker = marker,
            StartsKeyframe = startsKeyframe,
            SequenceNumber = 0,
            Timestamp = _timestamp,
        });
    }
}
