using System.Collections.Immutable;
using Media.Buffers;
using Media.Codecs;

namespace Media.Rtp.Payloads;

/// <summary>
/// RTP payloads of H.264, packetization mode 1 (RFC 6184): the format's parameter sets as STAP-A before each keyframe,
/// then each NAL unit as it is or in FU-A fragments of equal size. Packets are slices of the frame's buffer; only the
/// parameter sets are copied, once per format. One thread.
/// </summary>
/// <remarks>
/// <code>
/// STAP-A:  | F NRI 24 | size 16 | NAL unit | size 16 | NAL unit | ...
/// FU-A:    | F NRI 28 | S E R type 5 | fragment of the NAL unit without its header byte |
/// </code>
/// </remarks>
public sealed class H264Packetizer : IPacketizer, IDisposable
{
    internal const int StapA = 24;
    internal const int FuA = 28;
    internal const byte FuStart = 0x80;
    internal const byte FuEnd = 0x40;
    private const int FuPrefixLength = 2;

    private readonly int _maxPayload;
    private readonly ParameterSetPackets _parameterSets;
    private long _timestamp;
    private bool _startsKeyframe;

    /// <param name="maxPayload">
    /// Bytes of a payload at most: 1,200 of a UDP payload without RTP header, extensions, SRTP trailer and RTX number.
    /// </param>
    public H264Packetizer(int maxPayload = PayloadSize.Default, BufferPool? pool = null)
    {
        PayloadSize.ThrowIfUnusable(maxPayload);
        _maxPayload = maxPayload;
        _parameterSets = new ParameterSetPackets(maxPayload, pool ?? BufferPool.Shared, headerLength: 1, WriteAggregateHeader);
    }

    public void Packetize<TOutput>(in MediaFrame frame, ref TOutput output)
        where TOutput : IPacketOutput, allows ref struct
    {
        _timestamp = frame.PresentationTime;
        _startsKeyframe = frame.IsKeyframe;
        // Which unit is the last is known only when there is no next one: the marker waits for that.
        var units = new LengthPrefixedNalUnits(frame.Data);
        bool more = units.MoveNext();
        if (more && frame.IsKeyframe) WriteParameterSets(frame.Format, ref output);
        while (more)
        {
            int offset = frame.Offset + units.Offset, length = units.Length;
            more = units.MoveNext();
            WriteUnit(frame.Buffer, offset, length, isLast: !more, ref output);
        }
    }

    /// <summary>Gives the copy of the parameter sets back.</summary>
    public void Dispose() => _parameterSets.Dispose();

    // RFC 6184 §5.7.1: the highest NRI of those within.
    private static void WriteAggregateHeader(ReadOnlySpan<ImmutableArray<byte>> sets, Span<byte> header)
    {
        int highest = 0;
        foreach (ImmutableArray<byte> set in sets)
            if (!set.IsEmpty) highest = Math.Max(highest, NalUnit.RefIdc(set[0]) << 5);
        header[0] = (byte)(highest | StapA);
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
            Write(new RtpPacket
            {
                Buffer = buffer,
                Offset = offset,
                Length = length,
                Marker = isLast,
                SequenceNumber = 0,
                Timestamp = _timestamp,
            }, ref output);
            return;
        }

        byte header = buffer.Array[offset];
        uint indicator = (uint)((header & 0xe0) | FuA);
        int end = offset + length;
        int size = PayloadSize.Share(length - 1, _maxPayload - FuPrefixLength);
        for (int at = offset + 1; at < end; at += size)
        {
            bool isEnd = end - at <= size;
            uint fuHeader = (uint)(NalUnit.Type(header) | (at == offset + 1 ? FuStart : 0) | (isEnd ? FuEnd : 0));
            Write(new RtpPacket
            {
                Buffer = buffer,
                Offset = at,
                Length = Math.Min(size, end - at),
                Prefix = indicator | (fuHeader << 8),
                PrefixLength = FuPrefixLength,
                Marker = isLast && isEnd,
                SequenceNumber = 0,
                Timestamp = _timestamp,
            }, ref output);
        }
    }

    private void Write<TOutput>(in RtpPacket packet, ref TOutput output)
        where TOutput : IPacketOutput, allows ref struct
    {
        if (!_startsKeyframe)
        {
            output.Write(packet);
            return;
        }

        _startsKeyframe = false;
        output.Write(packet with { StartsKeyframe = true });
    }
}
