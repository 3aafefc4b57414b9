using System.Buffers.Binary;
using System.Collections.Immutable;
using Media.Codecs;

namespace Media.Rtp.Payloads;

/// <summary>Parameter sets as payloads of H.264 (RFC 6184) and H.265 (RFC 7798).</summary>
public static class ParameterSetPayloads
{
    private const int SizeLength = 2;
    private const byte LowestLayer = 1; // nuh_temporal_id_plus1

    /// <summary>Whether a payload brings the sets that a keyframe needs.</summary>
    public static bool AreIn(Codec codec, ReadOnlySpan<byte> payload)
    {
        if (payload.IsEmpty) return false;
        switch (codec)
        {
            case Codec.H264:
                return KeyframeProperties.Read(codec, payload) is not null;
            case Codec.H265:
                int first = H265NalUnit.Type(payload[0]);
                if (first == H265Payload.Aggregation && payload.Length > H265NalUnit.HeaderLength + SizeLength)
                    first = H265NalUnit.Type(payload[H265NalUnit.HeaderLength + SizeLength]);
                return H265NalUnit.IsParameterSet(first) || KeyframeProperties.Read(codec, payload) is not null;
            default:
                return false;
        }
    }

    /// <summary>All sets in one payload; empty where they are none, or too long for that.</summary>
    public static byte[] Write(Codec codec, ImmutableArray<ImmutableArray<byte>> sets, int max)
    {
        int length = sets.Sum(set => SizeLength + set.Length) + H265NalUnit.HeaderLength;
        if (sets.IsEmpty || length > max || codec is not (Codec.H264 or Codec.H265)) return [];
        var payload = new List<byte>(length);
        if (codec == Codec.H264) payload.Add((byte)((NalUnit.RefIdc(sets[0][0]) << 5) | H264Packetizer.StapA));
        else payload.AddRange([H265Payload.Aggregation << 1, LowestLayer]);
        Span<byte> size = stackalloc byte[SizeLength];
        foreach (ImmutableArray<byte> set in sets)
        {
            BinaryPrimitives.WriteUInt16BigEndian(size, (ushort)set.Length);
            payload.AddRange(size);
            payload.AddRange(set);
        }

        return [.. payload];
    }
}
