using System.Buffers.Binary;
using Media.Codecs;

namespace Media.Rtp.Payloads;

/// <summary>What an H.264 payload begins with, looked up in single units, STAP-A and FU-A (RFC 6184).</summary>
internal static class H264PayloadInspector
{
    public static bool TryInspect(ReadOnlySpan<byte> payload, out PayloadInfo info)
    {
        info = default;
        int type = NalUnit.Type(payload[0]);
        if (type == H264Packetizer.FuA) return TryInspectFragment(payload, out info);
        if (type == H264Packetizer.StapA) return TryInspectAggregate(payload[1..], out info);
        if (type is 0 or > 23) return false;
        info = new PayloadInfo
        {
            StartsFrame = true,
            StartsKeyframe = IsOfKeyframe(type),
            IsDiscardable = NalUnit.IsSlice(type) && NalUnit.RefIdc(payload[0]) == 0,
        };
        return true;
    }

    private static bool TryInspectFragment(ReadOnlySpan<byte> payload, out PayloadInfo info)
    {
        info = default;
        if (payload.Length < 2) return false;
        bool isStart = (payload[1] & H264Packetizer.FuStart) != 0;
        int type = NalUnit.Type(payload[1]);
        info = new PayloadInfo
        {
            StartsFrame = isStart,
            StartsKeyframe = isStart && IsOfKeyframe(type),
            IsDiscardable = NalUnit.IsSlice(type) && NalUnit.RefIdc(payload[0]) == 0,
        };
        return true;
    }

    private static bool TryInspectAggregate(ReadOnlySpan<byte> rest, out PayloadInfo info)
    {
        bool isKeyframe = false, hasSlice = false, hasReference = false;
        info = default;
        while (rest.Length >= 2)
        {
            int length = BinaryPrimitives.ReadUInt16BigEndian(rest);
            if (length > rest.Length - 2) return false;
            if (length > 0)
            {
                int type = NalUnit.Type(rest[2]);
                isKeyframe |= IsOfKeyframe(type);
                hasSlice |= NalUnit.IsSlice(type);
                hasReference |= NalUnit.RefIdc(rest[2]) != 0;
            }

            rest = rest[(2 + length)..];
        }

        info = new PayloadInfo { StartsFrame = true, StartsKeyframe = isKeyframe, IsDiscardable = hasSlice && !hasReference };
        return rest.IsEmpty;
    }

    // A sequence parameter set comes right before the IDR picture that it is for, and begins its frame.
    private static bool IsOfKeyframe(int type) => type is NalUnit.IdrSlice or NalUnit.SequenceParameterSet;
}
