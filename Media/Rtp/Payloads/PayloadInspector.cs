using Media.Codecs;

namespace Media.Rtp.Payloads;

/// <summary>Looks into the start of a payload without putting a frame together. Total; allocates nothing.</summary>
public static class PayloadInspector
{
    /// <summary>False: empty, or not a payload of that codec.</summary>
    public static bool TryInspect(Codec codec, ReadOnlySpan<byte> payload, out PayloadInfo info)
    {
        info = default;
        if (payload.IsEmpty) return false;
        switch (codec)
        {
            case Codec.H264:
                return H264PayloadInspector.TryInspect(payload, out info);
            case Codec.H265:
                return H265Payload.TryInspect(payload, out info);
            case Codec.Vp8:
                return TryInspectVp8(payload, out info);
            case Codec.Vp9:
                if (!Vp9Descriptor.TryParse(payload, out Vp9Descriptor vp9)) return false;
                info = vp9.Info;
                return true;
            case Codec.Av1:
                return Av1AggregationHeader.TryInspect(payload, out info);
            default:
                bool isAudio = codec.Kind() == MediaKind.Audio;
                info = new PayloadInfo { StartsFrame = isAudio, StartsKeyframe = isAudio };
                return isAudio;
        }
    }

    private static bool TryInspectVp8(ReadOnlySpan<byte> payload, out PayloadInfo info)
    {
        if (!Vp8Descriptor.TryParse(payload, out info)) return false;
        // RFC 6386 §9.1: the lowest bit of a frame's first byte is 0 in keyframes.
        if (info.StartsFrame && (payload[info.DescriptorLength] & 1) == 0) info = info with { StartsKeyframe = true };
        return true;
    }
}
