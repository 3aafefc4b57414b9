using Media.Buffers;
using Media.Codecs;

namespace Media.Rtp.Payloads;

/// <summary>
/// RTP payloads of AV1 (RTP Payload Format For AV1): the OBUs of a temporal unit without temporal delimiters, tile lists and padding.
/// Packets are slices of the frame's buffer, so a packet holds one OBU or a part of it, without its size field, or two that
/// follow each other, which then keep theirs (§5 lets them): a sequence header and the frame that it belongs to travel together.
/// A keyframe without a sequence header, as Matroska has them, gets that of its format. One thread.
/// </summary>
/// <remarks>
/// <code>
///  0 1 2 3 4 5 6 7
/// |Z|Y| W |N|-|-|-|   one element:  the OBU's header, then the slice
///                     two elements: the first one's length as leb128, then the slice
/// </code>
/// </remarks>
public sealed class Av1Packetizer : IPacketizer, IDisposable
{
    private const uint Continues = 0x80, IsContinued = 0x40, OneElement = 0x10, TwoElements = 0x20, NewSequence = 0x08;

    private readonly int _maxPayload;
    private readonly Av1SequenceHeaderStore _sequenceHeader;
    private long _timestamp;
    private bool _startsKeyframe;

    public Av1Packetizer(int maxPayload = PayloadSize.Default, BufferPool? pool = null)
    {
        PayloadSize.ThrowIfUnusable(maxPayload);
        _maxPayload = maxPayload;
        _sequenceHeader = new Av1SequenceHeaderStore(pool ?? BufferPool.Shared);
    }

    public void Packetize<TOutput>(in MediaFrame frame, ref TOutput output)
        where TOutput : IPacketOutput, allows ref struct
    {
        var units = new Av1Units(frame.Data);
        if (!units.MoveNext()) return;
        _timestamp = frame.PresentationTime;
        _startsKeyframe = frame.IsKeyframe;
        if (frame.IsKeyframe && !HasSequenceHeader(frame.Data)) WriteSequenceHeader(frame.Format, ref output);
        bool more = true;
        while (more)
        {
            Av1Unit unit = units.Current;
            more = units.MoveNext();
            if (more && FitsBefore(unit, units.Current))
            {
                Av1Unit second = units.Current;
                more = units.MoveNext();
                WritePair(frame, unit, second, isLast: !more, ref output);
            }
            else
            {
                WriteUnit(frame.Buffer, frame.Offset, unit, isLast: !more, ref output);
            }
        }
    }

    /// <summary>Gives the copy of the sequence header back.</summary>
    public void Dispose() => _sequenceHeader.Dispose();

    private static bool HasSequenceHeader(ReadOnlySpan<byte> data)
    {
        var units = new Av1Units(data);
        while (units.MoveNext())
            if (units.Current.Type == Av1Obu.SequenceHeader) return true;
        return false;
    }

    private void WriteSequenceHeader<TOutput>(TrackFormat format, ref TOutput output)
        where TOutput : IPacketOutput, allows ref struct
    {
        if (_sequenceHeader.TryGet(format, out PooledBuffer? buffer, out Av1Unit unit)) WriteUnit(buffer, 0, unit, isLast: false, ref output);
    }

    // The first one whole and something of the second, with nothing left out between them
    private bool FitsBefore(in Av1Unit first, in Av1Unit second) =>
        first.End == second.Offset && 1 + Leb128.SizeOf(first.Length) + first.Length + 2 + Leb128.SizeOf(second.Length) < _maxPayload / 2;

    private void WritePair<TOutput>(in MediaFrame frame, in Av1Unit first, in Av1Unit second, bool isLast, ref TOutput output)
        where TOutput : IPacketOutput, allows ref struct
    {
        Span<byte> length = stackalloc byte[8];
        int lengthSize = Leb128.Write(length, first.Length);
        ulong prefix = TwoElements;
        for (int i = 0; i < lengthSize; i++) prefix |= (ulong)length[i] << (8 * (i + 1));
        WriteParts(frame.Buffer, frame.Offset + first.Offset, first.Length + second.Length, prefix, 1 + lengthSize, isLast, ref output);
    }

    private void WriteUnit<TOutput>(PooledBuffer buffer, int offset, in Av1Unit unit, bool isLast, ref TOutput output)
        where TOutput : IPacketOutput, allows ref struct
    {
        ulong header = (uint)(buffer.Array[offset + unit.Offset] & ~Av1Obu.SizeFlag);
        if (unit.HeaderLength > 1) header |= (ulong)buffer.Array[offset + unit.Offset + 1] << 8;
        WriteParts(
            buffer, offset + unit.PayloadOffset, unit.PayloadLength, OneElement | (header << 8), 1 + unit.HeaderLength, isLast, ref output);
    }

    // The first part has the prefix; those after it are one element that goes on.
    private void WriteParts<TOutput>(
        PooledBuffer buffer, int offset, int length, ulong prefix, int prefixLength, bool isLast, ref TOutput output)
        where TOutput : IPacketOutput, allows ref struct
    {
        int extra = prefixLength - 1;
        int size = PayloadSize.Share(length + extra, _maxPayload - 1);
        bool isFirst = true;
        for (int at = 0; isFirst || at < length; isFirst = false)
        {
            int part = Math.Min(isFirst ? size - extra : size, length - at);
            bool isEnd = at + part == length;
            bool startsKeyframe = _startsKeyframe;
            _startsKeyframe = false;
            output.Write(new RtpPacket
            {
                Buffer = buffer,
                Offset = offset + at,
                Length = part,
                Prefix = (isFirst ? prefix : Continues | OneElement) | (isEnd ? 0 : IsContinued) | (startsKeyframe ? NewSequence : 0),
                PrefixLength = isFirst ? prefixLength : 1,
                Marker = isLast && isEnd,
                StartsKeyframe = startsKeyframe,
                SequenceNumber = 0,
                Timestamp = _timestamp,
            });
            at += part;
        }
    }
}
