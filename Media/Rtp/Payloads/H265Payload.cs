using System.Buffers.Binary;
using Media.Codecs;

namespace Media.Rtp.Payloads;

/// <summary>
/// The forms of an H.265 payload (RFC 7798 §4.4): a single unit, several (AP), a fragment (FU). Without decoding order
/// numbers, which an SDP without sprop-max-don-diff rules out.
/// </summary>
/// <remarks>
/// <code>
/// AP: header (2) { length (2), unit }    FU: header (2), |S|E|  FuType  | (1), fragment
/// </code>
/// </remarks>
internal static class H265Payload
{
    public const int Aggregation = H265Packetizer.AggregationPacket;
    public const int Fragmentation = H265Packetizer.FragmentationUnit;
    public const int FragmentHeaderLength = 3;
    public const byte FragmentStart = H265Packetizer.FuStart;
    public const byte FragmentEnd = H265Packetizer.FuEnd;

    private const int LastUnitType = 47;

    public static bool IsSingleUnit(int type) => type <= LastUnitType;

    /// <summary>The first unit of an aggregation, and what follows it. False: the length does not fit.</summary>
    public static bool TryTakeUnit(ref ReadOnlySpan<byte> rest, out ReadOnlySpan<byte> unit)
    {
        unit = default;
        if (rest.Length < 2) return false;
        int length = BinaryPrimitives.ReadUInt16BigEndian(rest);
        if (length <= H265NalUnit.HeaderLength || length > rest.Length - 2) return false;
        unit = rest.Slice(2, length);
        rest = rest[(2 + length)..];
        return true;
    }

    public static bool TryInspect(ReadOnlySpan<byte> payload, out PayloadInfo info)
    {
        info = default;
        if (payload.Length <= H265NalUnit.HeaderLength) return false;
        int temporal = H265NalUnit.TemporalId(payload);
        int type = H265NalUnit.Type(payload[0]);
        if (temporal < 0) return false;
        if (type == Aggregation) return TryInspectAggregation(payload[H265NalUnit.HeaderLength..], (byte)temporal, out info);
        bool isStart = true;
        if (type == Fragmentation)
        {
            isStart = (payload[2] & FragmentStart) != 0;
            type = payload[2] & 0x3f;
        }

        if (!IsSingleUnit(type)) return false;
        info = new PayloadInfo
        {
            StartsFrame = isStart,
            StartsKeyframe = isStart && IsOfKeyframe(type),
            IsDiscardable = H265NalUnit.IsNonReference(type),
            TemporalId = (byte)temporal,
        };
        return true;
    }

    private static bool TryInspectAggregation(ReadOnlySpan<byte> rest, byte temporal, out PayloadInfo info)
    {
        info = default;
        bool isKeyframe = false, hasSlice = false, hasReference = false;
        while (!rest.IsEmpty)
        {
            if (!TryTakeUnit(ref rest, out ReadOnlySpan<byte> unit)) return false;
            int type = H265NalUnit.Type(unit[0]);
            isKeyframe |= IsOfKeyframe(type);
            hasSlice |= H265NalUnit.IsSlice(type);
            hasReference |= H265NalUnit.IsSlice(type) && !H265NalUnit.IsNonReference(type);
        }

        info = new PayloadInfo
        {
            StartsFrame = true, StartsKeyframe = isKeyframe, IsDiscardable = hasSlice && !hasReference, TemporalId = temporal,
        };
        return true;
    }

    // Video and sequence parameter sets come right before the picture that decoding can begin at.
    private static bool IsOfKeyframe(int type) =>
        H265NalUnit.IsRandomAccess(type) || type is H265NalUnit.VideoParameterSet or H265NalUnit.SequenceParameterSet;
}
