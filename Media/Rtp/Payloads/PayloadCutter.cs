using System.Buffers.Binary;
using Media.Codecs;

namespace Media.Rtp.Payloads;

/// <summary>
/// Cuts a payload that is too large for the next hop into two of its format, so that a receiver puts the same frame
/// together. Total; allocates nothing.
/// </summary>
public static class PayloadCutter
{
    /// <summary>Bytes that both parts have more than the whole at most.</summary>
    public const int MaxOverhead = 64;

    private const byte Vp8Start = 0x10;   // RFC 7741 §4.2
    private const byte Vp9Begin = 0x08;   // RFC 9628 §4.2
    private const byte Vp9End = 0x04;
    private const byte Av1Continues = 0x80;
    private const byte Av1IsContinued = 0x40;
    private const byte Av1OneElement = 0x10;

    /// <summary>Writes both parts one behind the other; false where the format has no way to.</summary>
    /// <param name="destination">Holds the payload and <see cref="MaxOverhead"/> bytes.</param>
    /// <param name="first">Length of the first part.</param>
    /// <param name="second">Length of the second part, which lies right behind it.</param>
    public static bool TryCut(Codec codec, ReadOnlySpan<byte> payload, Span<byte> destination, out int first, out int second)
    {
        (first, second) = (0, 0);
        if (destination.Length < payload.Length + MaxOverhead || !PayloadInspector.TryInspect(codec, payload, out PayloadInfo info)) return false;
        // Both parts have a VP8 or VP9 descriptor; one that is so long only a liar writes.
        if (info.DescriptorLength > MaxOverhead) return false;
        switch (codec)
        {
            case Codec.H264:
                return TryCutH264(payload, destination, out first, out second);
            case Codec.H265:
                return TryCutH265(payload, destination, out first, out second);
            case Codec.Vp8:
                Halve(payload[..info.DescriptorLength], payload[info.DescriptorLength..], destination, out first, out second);
                destination[first] &= unchecked((byte)~Vp8Start);
                return true;
            case Codec.Vp9:
                Halve(payload[..info.DescriptorLength], payload[info.DescriptorLength..], destination, out first, out second);
                destination[0] &= unchecked((byte)~Vp9End);
                destination[first] &= unchecked((byte)~Vp9Begin);
                return true;
            case Codec.Av1:
                return TryCutAv1(payload, destination, out first, out second);
            default:
                return false;
        }
    }

    /// <summary>Half of the content behind a copy of the same head each.</summary>
    private static void Halve(ReadOnlySpan<byte> head, ReadOnlySpan<byte> content, Span<byte> destination, out int first, out int second)
    {
        int half = (content.Length + 1) / 2;
        head.CopyTo(destination);
        content[..half].CopyTo(destination[head.Length..]);
        first = head.Length + half;
        head.CopyTo(destination[first..]);
        content[half..].CopyTo(destination[(first + head.Length)..]);
        second = head.Length + content.Length - half;
    }

    // RFC 6184 §5.8: fragments have the unit's header in two bytes.
    private static bool TryCutH264(ReadOnlySpan<byte> payload, Span<byte> destination, out int first, out int second)
    {
        int type = NalUnit.Type(payload[0]);
        if (type == H264Packetizer.StapA) return TryPart(payload, 1, 0, destination, out first, out second);
        Span<byte> head = stackalloc byte[2];
        bool isFragment = type == H264Packetizer.FuA;
        bool starts = !isFragment || (payload[1] & H264Packetizer.FuStart) != 0;
        bool ends = !isFragment || (payload[1] & H264Packetizer.FuEnd) != 0;
        head[0] = (byte)((payload[0] & 0xe0) | H264Packetizer.FuA);
        head[1] = (byte)(isFragment ? payload[1] & 0x1f : type);
        Halve(head, payload[(isFragment ? 2 : 1)..], destination, out first, out second);
        if (starts) destination[1] |= H264Packetizer.FuStart;
        if (ends) destination[first + 1] |= H264Packetizer.FuEnd;
        return true;
    }

    // RFC 7798 §4.4.3
    private static bool TryCutH265(ReadOnlySpan<byte> payload, Span<byte> destination, out int first, out int second)
    {
        int type = H265NalUnit.Type(payload[0]);
        if (type == H265Payload.Aggregation) return TryPart(payload, H265NalUnit.HeaderLength, H265NalUnit.HeaderLength, destination, out first, out second);
        Span<byte> head = stackalloc byte[H265Payload.FragmentHeaderLength];
        bool isFragment = type == H265Payload.Fragmentation;
        bool starts = !isFragment || (payload[2] & H265Payload.FragmentStart) != 0;
        bool ends = !isFragment || (payload[2] & H265Payload.FragmentEnd) != 0;
        head[0] = (byte)((payload[0] & 0x81) | (H265Payload.Fragmentation << 1));
        head[1] = payload[1];
        head[2] = (byte)(isFragment ? payload[2] & 0x3f : type);
        Halve(head, payload[(isFragment ? H265Payload.FragmentHeaderLength : H265NalUnit.HeaderLength)..], destination, out first, out second);
        if (starts) destination[2] |= H265Payload.FragmentStart;
        if (ends) destination[first + 2] |= H265Payload.FragmentEnd;
        return true;
    }

    /// <summary>Several units: the first ones into one aggregation, the others into another; a single one stays alone.</summary>
    private static bool TryPart(
        ReadOnlySpan<byte> payload, int headerLength, int shortest, Span<byte> destination, out int first, out int second)
    {
        (first, second) = (0, 0);
        ReadOnlySpan<byte> header = payload[..headerLength];
        ReadOnlySpan<byte> units = payload[headerLength..];
        int at = 0;
        while (units.Length - at >= 2)
        {
            int next = at + 2 + BinaryPrimitives.ReadUInt16BigEndian(units[at..]);
            if (next > units.Length || next - at - 2 <= shortest) return false;
            // Up to the middle, but one at least, and not all.
            if (at > 0 && next > units.Length / 2) break;
            at = next;
        }

        if (at == 0 || at >= units.Length) return false;
        first = WriteUnits(header, units[..at], destination);
        second = WriteUnits(header, units[at..], destination[first..]);
        return true;
    }

    private static int WriteUnits(ReadOnlySpan<byte> header, ReadOnlySpan<byte> units, Span<byte> destination)
    {
        bool isAlone = units.Length == 2 + BinaryPrimitives.ReadUInt16BigEndian(units);
        if (isAlone)
        {
            units[2..].CopyTo(destination);
            return units.Length - 2;
        }

        header.CopyTo(destination);
        units.CopyTo(destination[header.Length..]);
        return header.Length + units.Length;
    }

    // The last element goes on in the second part. Only where it has no length of its own (W above 0), which is the usual form.
    private static bool TryCutAv1(ReadOnlySpan<byte> payload, Span<byte> destination, out int first, out int second)
    {
        (first, second) = (0, 0);
        var header = new Av1AggregationHeader(payload[0]);
        if (header.ElementCount == 0) return false;
        var elements = new Av1Elements(payload);
        int last = 0;
        while (elements.MoveNext()) last = elements.Current.Length;
        if (elements.IsMalformed || last < 2) return false;
        int rest = Math.Min(last - 1, payload.Length / 2);
        first = payload.Length - rest;
        payload[..first].CopyTo(destination);
        destination[0] |= Av1IsContinued;
        destination[first] = (byte)(Av1Continues | (payload[0] & Av1IsContinued) | Av1OneElement);
        payload[^rest..].CopyTo(destination[(first + 1)..]);
        second = 1 + rest;
        return true;
    }
}
