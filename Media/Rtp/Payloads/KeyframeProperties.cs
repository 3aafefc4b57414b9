using System.Buffers.Binary;
using Media.Codecs;

namespace Media.Rtp.Payloads;

/// <summary>What the first packet of a keyframe tells of the video. Total; allocates where there is something to tell.</summary>
public static class KeyframeProperties
{
    /// <summary>Null where the payload does not tell.</summary>
    /// <param name="isAnyEncoder">It may come from an encoder that does not know WebRTC's limits: H.264 tells all, B-frames included.</param>
    public static VideoProperties? Read(Codec codec, ReadOnlySpan<byte> payload, bool isAnyEncoder = false)
    {
        if (payload.IsEmpty) return null;
        return codec switch
        {
            Codec.H264 => ReadH264(payload, isAnyEncoder),
            Codec.H265 => ReadH265(payload),
            Codec.Vp8 => ReadVp8(payload),
            Codec.Vp9 => ReadVp9(payload),
            Codec.Av1 => ReadAv1(payload),
            _ => null,
        };
    }

    private static VideoProperties? ReadH264(ReadOnlySpan<byte> payload, bool isAnyEncoder)
    {
        if (NalUnit.Type(payload[0]) != H264Packetizer.StapA) return ReadSequence(payload, isAnyEncoder);
        ReadOnlySpan<byte> rest = payload[1..];
        while (rest.Length > 2)
        {
            int length = BinaryPrimitives.ReadUInt16BigEndian(rest);
            if (length == 0 || length > rest.Length - 2) break;
            if (ReadSequence(rest.Slice(2, length), isAnyEncoder) is { } found) return found;
            rest = rest[(2 + length)..];
        }

        return null;
    }

    // Of the rest of the parameter set only the profile matters here: what came by WebRTC does not reorder.
    private static VideoProperties? ReadSequence(ReadOnlySpan<byte> unit, bool isAnyEncoder) =>
        !SequenceParameterSet.TryParse(unit, out SequenceParameterSet? sps) ? null
        : isAnyEncoder ? sps!.ToVideoProperties()
        : new VideoProperties(sps!.Width, sps.Height, 0, sps.Profile, sps.Constraints, sps.Level);

    private static VideoProperties? ReadH265(ReadOnlySpan<byte> payload)
    {
        if (payload.Length <= H265NalUnit.HeaderLength) return null;
        if (H265NalUnit.Type(payload[0]) != H265Payload.Aggregation)
            return H265SequenceParameterSet.TryParse(payload, out H265SequenceParameterSet? single) ? single!.ToVideoProperties() : null;
        ReadOnlySpan<byte> rest = payload[H265NalUnit.HeaderLength..];
        while (H265Payload.TryTakeUnit(ref rest, out ReadOnlySpan<byte> unit))
            if (H265SequenceParameterSet.TryParse(unit, out H265SequenceParameterSet? found)) return found!.ToVideoProperties();
        return null;
    }

    private static VideoProperties? ReadVp8(ReadOnlySpan<byte> payload) =>
        Vp8Descriptor.TryParse(payload, out PayloadInfo info) && info.StartsFrame
        && Vp8Header.TryParse(payload[info.DescriptorLength..], out Vp8Header header)
            ? Of(header.Width, header.Height)
            : null;

    // The scalability structure tells the largest layer, the frame itself only its own.
    private static VideoProperties? ReadVp9(ReadOnlySpan<byte> payload)
    {
        if (!Vp9Descriptor.TryParse(payload, out Vp9Descriptor descriptor)) return null;
        if (descriptor.Width > 0) return Of(descriptor.Width, descriptor.Height);
        return descriptor.Info.StartsKeyframe && Vp9Header.TryParse(payload[descriptor.Info.DescriptorLength..], out Vp9Header header)
            ? Of(header.Width, header.Height)
            : null;
    }

    private static VideoProperties? ReadAv1(ReadOnlySpan<byte> payload)
    {
        var elements = new Av1Elements(payload);
        while (elements.MoveNext())
            if (Av1SequenceHeader.TryParse(elements.Current, out Av1SequenceHeader header)) return Of(header.Width, header.Height);
        return null;
    }

    private static VideoProperties? Of(int width, int height) => width > 0 && height > 0 ? new VideoProperties(width, height, 0) : null;
}
